import { EventReader } from "../events/reader";
import { Segments } from "../events/segments";
import { Ingest } from "../ingest/ingest";
import { microphone, playFile, rateHz, type Sound } from "../ingest/sound";
import { createProgramme, getProgramme, type Programme } from "./api";

export type State = "idle" | "connecting" | "waiting" | "live" | "ending" | "ended";

export interface Observer {
  state(s: State): void;
  segments(s: Segments): void;
  /** A status or error of the server by its code; "" clears the notice. */
  notice(code: string, message: string): void;
  programme(p: Programme): void;
}

/** One programme from its creation to its end, as this page runs or watches it. */
export class Session {
  readonly segments = new Segments();
  #reader: EventReader | undefined;
  #ingest: Ingest | undefined;
  #sound: Sound | undefined;
  #stopped = false;

  constructor(private readonly observer: Observer) {}

  async useMicrophone(title: string, language: string): Promise<void> {
    await this.#feed(title, language, (sink) => microphone(sink));
  }

  async openFile(file: File, language: string): Promise<void> {
    await this.#feed(file.name, language, (sink) => playFile(file, sink, () => this.stop()));
  }

  async playDemo(title: string): Promise<void> {
    this.observer.state("connecting");
    const p = await createProgramme(title, "en", "demo");
    this.#follow(p, 0);
    const audio = new Audio("/demo.ogg");
    audio.play().catch(() => undefined); // a browser that plays nothing unasked still shows the words
    this.#sound = { stop: () => audio.pause() };
  }

  async watch(id: string): Promise<void> {
    this.observer.state("connecting");
    this.#follow(await getProgramme(id));
  }

  /** Ends the sound; the programme ends when its last words are final. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#sound?.stop();
    if (this.#ingest) {
      this.observer.state("ending");
      this.#ingest.end();
      return;
    }
    this.close();
    this.observer.state("ended");
  }

  close(): void {
    this.#sound?.stop();
    this.#ingest?.close();
    this.#reader?.close();
  }

  async #feed(title: string, language: string, open: (sink: (b: Int16Array<ArrayBuffer>) => void) => Promise<Sound>): Promise<void> {
    this.observer.state("connecting");
    const early: Int16Array<ArrayBuffer>[] = [];
    this.#sound = await open((b) => (this.#ingest ? this.#ingest.send(b) : early.push(b)));
    try {
      const p = await createProgramme(title, language, "websocket");
      this.#ingest = new Ingest(p.ingest_url, rateHz, {
        connected: (yes) => this.observer.notice(yes ? "" : "reconnecting", ""),
        failed: (message) => this.#lost(message),
      });
      for (const b of early) this.#ingest.send(b);
      this.#follow(p, 0);
    } catch (err) {
      this.#sound.stop();
      throw err;
    }
  }

  #lost(message: string): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#sound?.stop();
    this.observer.notice(message === "" ? "unavailable" : "other", message);
    this.observer.state("ended");
  }

  #follow(p: Programme, after?: number): void {
    this.observer.programme(p);
    this.#reader = new EventReader(
      p.events_url,
      {
        event: (e) => {
          if (this.segments.apply(e)) {
            if (!this.#stopped) this.observer.state("live");
            this.observer.segments(this.segments);
          }
          if (e.type === "status" && (e.code === "live" || e.code === "waiting")) {
            if (!this.#stopped) this.observer.state(e.code);
          } else if (e.type === "status" || e.type === "error") {
            this.observer.notice(e.code ?? "", e.message ?? "");
          }
          if (e.type === "end") {
            this.#stopped = true;
            this.#sound?.stop();
            this.#ingest?.close();
            this.observer.state("ended");
          }
        },
        connected: (yes) => this.observer.notice(yes ? "" : "reconnecting", ""),
      },
      after,
    );
  }
}
