import { parseEvent, type WireEvent } from "./event";

export interface ReaderHandlers {
  event(e: WireEvent): void;
  /** false while the connection is lost. */
  connected(yes: boolean): void;
}

const firstWaitMS = 500;
const longestWaitMS = 8000;

/**
 * Reads a programme's events over WebSocket until its end. After a lost connection it asks for what came after the
 * last event seen, so that nothing is missed and nothing comes twice.
 */
export class EventReader {
  #socket: WebSocket | undefined;
  #after: number | undefined;
  #wait = firstWaitMS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /** after: undefined = the newest segments and what follows, 0 = everything. */
  constructor(private readonly url: string, private readonly handlers: ReaderHandlers, after?: number) {
    this.#after = after;
    this.#open();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  #open(): void {
    const url = new URL(this.url, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    if (this.#after !== undefined) url.searchParams.set("after", String(this.#after));
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#wait = firstWaitMS;
      this.handlers.connected(true);
    };
    socket.onmessage = (m: MessageEvent<unknown>) => {
      const e = typeof m.data === "string" ? parseEvent(m.data) : undefined;
      if (!e) return;
      this.#after = Math.max(this.#after ?? 0, e.seq);
      if (e.type === "end") this.#closed = true;
      this.handlers.event(e);
    };
    socket.onclose = () => {
      if (this.#closed) return;
      this.handlers.connected(false);
      this.#timer = setTimeout(() => this.#open(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, longestWaitMS);
    };
  }
}
