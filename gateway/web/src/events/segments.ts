import type { WireEvent } from "./event";

/** A segment as the viewer sees it now. */
export interface Segment {
  id: string;
  language: string;
  words: string[];
  stable: number; // the first `stable` words never change again
  final: boolean;
  startMS: number;
  revision: number;
}

/**
 * Segments of one programme in the order in which they began. Events may come twice or be skipped (reconnects,
 * coalescing): each one carries the whole text, so only the newest revision counts.
 */
export class Segments {
  #byKey = new Map<string, Segment>();
  lastSeq = 0;

  /** Applies an event; true when something that is shown changed. */
  apply(e: WireEvent): boolean {
    if (e.seq <= this.lastSeq) return false;
    this.lastSeq = e.seq;
    if (!e.segment) return false;
    const key = `${e.segment} ${e.language ?? ""}`;
    if (e.type === "retract") return this.#byKey.delete(key);
    if (e.type !== "segment") return false;
    const words = (e.text ?? "").split(" ").filter((w) => w !== "");
    this.#byKey.set(key, {
      id: e.segment,
      language: e.language ?? "",
      words,
      stable: e.final ? words.length : (e.stable ?? 0),
      final: e.final ?? false,
      startMS: e.start_ms ?? 0,
      revision: e.revision ?? 0,
    });
    return true;
  }

  /** All segments, oldest first. */
  all(): Segment[] {
    return [...this.#byKey.values()];
  }

  /** The newest segments that hold words, oldest first. */
  newest(count: number): Segment[] {
    return this.all()
      .filter((s) => s.words.length > 0)
      .slice(-count);
  }
}
