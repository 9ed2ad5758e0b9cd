/** Sends a programme's sound: 16-bit mono PCM, first message and end as docs/format/http.md says. */
export class Ingest {
  #socket: WebSocket;
  #queue: ArrayBuffer[] = [];
  #ready = false;
  #ending = false;

  constructor(url: string, sampleRate: number, private readonly failed: (message: string) => void) {
    const address = new URL(url, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.#socket = new WebSocket(address);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onopen = () =>
      this.#socket.send(JSON.stringify({ format: "pcm_s16le", sample_rate: sampleRate, channels: 1, acks: false }));
    this.#socket.onmessage = (m: MessageEvent<unknown>) => this.#heard(m.data);
    this.#socket.onclose = () => {
      if (!this.#ending) this.failed("");
    };
  }

  /** Samples are queued until the server is ready. */
  send(samples: Int16Array<ArrayBuffer>): void {
    if (this.#ready) this.#socket.send(samples.buffer);
    else this.#queue.push(samples.buffer);
  }

  /** No more sound: the server flushes and ends the programme. */
  end(): void {
    this.#ending = true;
    if (this.#ready) this.#socket.send(JSON.stringify({ type: "end" }));
  }

  #heard(data: unknown): void {
    if (typeof data !== "string") return;
    const m = JSON.parse(data) as { type?: string; message?: string };
    if (m.type === "error") this.failed(m.message ?? "");
    if (m.type !== "ready" || this.#ready) return;
    this.#ready = true;
    for (const b of this.#queue.splice(0)) this.#socket.send(b);
    if (this.#ending) this.end();
  }
}
