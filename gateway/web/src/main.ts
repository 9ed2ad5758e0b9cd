import { el } from "./dom";
import { listModels, Refusal, type ModelInfo } from "./programme/api";
import { Controls } from "./programme/controls";
import { Session, type State } from "./programme/session";
import { Status } from "./programme/status";
import { Transcript } from "./programme/transcript";
import { Settings } from "./settings/settings";
import { Stage } from "./stage/stage";
import { strings } from "./strings/strings";
import "./main.css";

/** The page: the operator's at /, the viewers' at /p/<id>; /p/<id>?clean is the bare subtitles, for a video mixer. */
class Page {
  #watched = /^\/p\/([^/]+)$/.exec(location.pathname)?.[1];
  #stage = new Stage();
  #status = new Status();
  #transcript = new Transcript();
  #settings = new Settings(() => this.#translate());
  #session: Session | undefined;
  #models: ModelInfo[] = [];
  #heading = el("h1");
  #legend = el("p", { class: "legend" });
  #model = el("p", { class: "legend", id: "model" });
  #controls = new Controls({
    useMicrophone: (language) => void this.#start("microphone", (s) => s.useMicrophone("", language)),
    openFile: (file, language) => void this.#start("file", (s) => s.openFile(file, language)),
    playDemo: () => void this.#start("unavailable", (s) => s.playDemo("")),
    stop: () => this.#session?.stop(),
  });

  constructor(root: HTMLElement) {
    const clean = new URLSearchParams(location.search).has("clean");
    document.documentElement.classList.toggle("clean", clean);
    document.documentElement.classList.toggle("viewer", this.#watched !== undefined);
    const top = el("header", {}, this.#heading, this.#settings.element);
    const main = el("main", {}, this.#status.element, this.#stage.element, this.#legend);
    if (this.#watched === undefined) main.prepend(this.#controls.element);
    main.append(this.#transcript.element);
    root.replaceChildren(top, main, el("footer", {}, this.#model));
    this.#translate();
    if (this.#watched !== undefined) void this.#start("unavailable", (s) => s.watch(decodeURIComponent(this.#watched ?? "")));
    void this.#loadModels();
  }

  async #loadModels(): Promise<void> {
    this.#models = await listModels().catch(() => []);
    this.#translate();
  }

  /** Runs a new session; failure is the notice for what the browser, not the server, refuses. */
  async #start(failure: string, run: (s: Session) => Promise<void>): Promise<void> {
    this.#session?.close();
    this.#status.notice("", "");
    const session = new Session({
      state: (s) => this.#state(s),
      segments: (s) => {
        this.#stage.show(s);
        this.#transcript.show(s);
      },
      notice: (code, message) => this.#status.notice(code, message),
      programme: (p) => this.#transcript.programme(p),
    });
    this.#session = session;
    this.#stage.reset();
    try {
      await run(session);
    } catch (err) {
      session.close();
      this.#state("idle");
      if (err instanceof Refusal) this.#status.notice(err.code, err.message);
      else this.#status.notice(failure, String(err));
    }
  }

  #state(s: State): void {
    this.#status.state(s);
    this.#controls.state(s);
  }

  #translate(): void {
    const t = strings(this.#settings.language);
    document.title = t.title;
    this.#heading.textContent = t.title;
    this.#legend.textContent = t.legend;
    for (const part of [this.#stage, this.#status, this.#transcript, this.#settings, this.#controls]) part.translate(t);
    const model = this.#models.find((m) => m.default);
    const note = model?.id === "whisper-base" ? t.noteWhisperBase : (model?.note ?? "");
    this.#model.textContent = [model ? `${t.model}: ${model.id}.` : "", note, t.localOnly].join(" ").trim();
  }
}

const root = document.getElementById("page");
if (root) new Page(root);
