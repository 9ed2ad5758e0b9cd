export interface IngestHandlers {
  /** false while the connection is lost. */
  connected(yes: boolean): void;
  /** The server refused the sound, or it was away for too long. */
  failed(message: string): void;
}

const firstWaitMS = 500;
const longestWaitMS = 8000;
const patienceMS = 5 * 60_000; // as long as a programme waits for its source
const keptBlocks = 600; // of 100 ms: what is kept while the connection is lost

/**
 * Sends a programme's sound: 16-bit mono PCM, first message and end as docs/format/http.md says. A lost connection is
 * made again; the sound of up to a minute is kept meanwhile.
 */
export class Ingest {
  #socket: WebSocket | undefined;
  #queue: ArrayBuffer[] = [];
  #ready = false;
  #ending = false;
  #over = false;
  #wait = firstWaitMS;
  #lostAt: number | undefined;

  constructor(private readonly url: string, private readonly sampleRate: number, private readonly handlers: IngestHandlers) {
    this.#open();
  }

  /** Samples are queued until the server is ready. */
  send(samples: Int16Array<ArrayBuffer>): void {
    if (this.#ready) {
      this.#socket?.send(samples.buffer);
      return;
    }
    this.#queue.push(samples.buffer);
    if (this.#queue.length > keptBlocks) this.#queue.shift();
  }

  /** No more sound: the server flushes and ends the programme. */
  end(): void {
    this.#ending = true;
    if (this.#ready) this.#socket?.send(JSON.stringify({ type: "end" }));
  }

  /** Gives up without an end: the programme waits for another source. */
  close(): void {
    this.#over = true;
    this.#socket?.close();
  }

  #open(): void {
    const address = new URL(this.url, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send(JSON.stringify({ format: "pcm_s16le", sample_rate: this.sampleRate, channels: 1, acks: false }));
    socket.onmessage = (m: MessageEvent<unknown>) => this.#heard(m.data);
    socket.onclose = () => this.#closed();
  }

  #closed(): void {
    const ended = this.#ending && this.#ready;
    this.#ready = false;
    if (this.#over || ended) return;
    this.#lostAt ??= Date.now();
    if (Date.now() - this.#lostAt > patienceMS) {
      this.#fail("");
      return;
    }
    this.handlers.connected(false);
    setTimeout(() => {
      if (!this.#over) this.#open();
    }, this.#wait);
    this.#wait = Math.min(this.#wait * 2, longestWaitMS);
  }

  #heard(data: unknown): void {
    if (typeof data !== "string") return;
    const m = JSON.parse(data) as { type?: string; code?: string; message?: string };
    // Our own earlier connection may still hold the place, and a server that restarts is back soon.
    if (m.type === "error" && m.code !== "exists" && m.code !== "unavailable") this.#fail(m.message ?? "");
    if (m.type !== "ready" || this.#ready) return;
    this.#ready = true;
    if (this.#lostAt !== undefined) this.handlers.connected(true);
    this.#lostAt = undefined;
    this.#wait = firstWaitMS;
    for (const b of this.#queue.splice(0)) this.#socket?.send(b);
    if (this.#ending) this.end();
  }

  #fail(message: string): void {
    if (this.#over) return;
    this.close();
    this.handlers.failed(message);
  }
}
