/**
 * Events as docs/format/events.md describes them. A Go test compares these field names with that table, so that the two
 * cannot drift apart.
 */
export interface WireEvent {
  seq: number;
  type: string;
  segment?: string;
  revision?: number;
  language?: string;
  source_language?: string;
  text?: string;
  stable?: number;
  start_ms?: number;
  end_ms?: number;
  final?: boolean;
  source_revision?: number;
  speaker?: string;
  time: string;
  words?: WireWord[];
  code?: string;
  message?: string;
}

export interface WireWord {
  text: string;
  start_ms: number;
  end_ms: number;
  confidence: number;
  final: boolean;
}

/** Reads one message; undefined for what is no event, which clients ignore. */
export function parseEvent(text: string): WireEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const e = value as Partial<WireEvent>;
  return typeof e.seq === "number" && typeof e.type === "string" ? (e as WireEvent) : undefined;
}
