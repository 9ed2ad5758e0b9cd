import { el } from "../dom";
import type { Strings } from "../strings/strings";
import type { State } from "./session";

export interface Actions {
  useMicrophone(language: string): void;
  openFile(file: File, language: string): void;
  playDemo(): void;
  stop(): void;
}

const spoken = ["auto", "kk", "ru", "en"] as const;

/** The buttons that start and stop a programme, and the language that is spoken. */
export class Controls {
  readonly element: HTMLElement;
  #microphone = el("button", { type: "button", id: "use-microphone", class: "main" });
  #file = el("button", { type: "button", id: "open-file", class: "main" });
  #demo = el("button", { type: "button", id: "play-demo", class: "main" });
  #stop = el("button", { type: "button", id: "stop", class: "main stop" });
  #chooser = el("input", { type: "file", id: "file", accept: "audio/*,video/*", class: "heard-only", tabindex: "-1", "aria-hidden": "true" });
  #label = el("label", { for: "spoken-language" });
  #menu = el("select", { id: "spoken-language" });

  constructor(actions: Actions) {
    for (const l of spoken) this.#menu.append(el("option", { value: l }));
    this.#microphone.onclick = () => actions.useMicrophone(this.#menu.value);
    this.#file.onclick = () => this.#chooser.click();
    this.#chooser.onchange = () => {
      const file = this.#chooser.files?.[0];
      if (file) actions.openFile(file, this.#menu.value);
      this.#chooser.value = "";
    };
    this.#demo.onclick = () => actions.playDemo();
    this.#stop.onclick = () => actions.stop();
    const choose = el("span", { class: "choice" }, this.#label, this.#menu);
    this.element = el("div", { class: "controls" }, this.#microphone, this.#file, this.#chooser, this.#demo, this.#stop, choose);
    this.state("idle");
  }

  translate(t: Strings): void {
    this.#microphone.textContent = t.useMicrophone;
    this.#file.textContent = t.openFile;
    this.#demo.textContent = t.playDemo;
    this.#stop.textContent = t.stop;
    this.#label.textContent = t.spokenLanguage;
    [...this.#menu.options].forEach((o, i) => (o.text = t[spoken[i] ?? "auto"]));
  }

  state(s: State): void {
    const running = s !== "idle" && s !== "ended";
    const stoppedWithFocus = document.activeElement === this.#stop && !running;
    for (const b of [this.#microphone, this.#file, this.#demo]) b.hidden = running;
    this.#stop.hidden = !running;
    this.#stop.disabled = s === "connecting" || s === "ending";
    this.#menu.disabled = running;
    if (stoppedWithFocus) this.#microphone.focus();
  }
}
