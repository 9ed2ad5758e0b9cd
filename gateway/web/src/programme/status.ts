import { el } from "../dom";
import type { Strings } from "../strings/strings";
import type { State } from "./session";

const stateKeys = {
  idle: "stateIdle", connecting: "stateConnecting", waiting: "stateWaiting", live: "stateLive", ending: "stateEnding", ended: "stateEnded",
} as const satisfies Record<State, keyof Strings>;

const noticeKeys: Record<string, keyof Strings> = {
  reconnecting: "reconnecting", lagging: "lagging", recogniser_lost: "recogniserLost", gap: "gap", restarted: "restarted",
  microphone: "errorMicrophone", file: "errorFile", exhausted: "errorExhausted", not_found: "errorNotFound", unavailable: "errorUnavailable",
};
const quiet = new Set(["", "caught_up", "recogniser_back", "stopping", "live", "waiting"]);

/** What the programme is doing, and what is wrong, in words. */
export class Status {
  readonly element: HTMLElement;
  #state: State = "idle";
  #code = "";
  #message = "";
  #line = el("span", { class: "state", role: "status" });
  #notice = el("span", { class: "notice", role: "alert" });
  #t: Strings | undefined;

  constructor() {
    this.element = el("div", { class: "status" }, this.#line, this.#notice);
  }

  translate(t: Strings): void {
    this.#t = t;
    this.#draw();
  }

  state(s: State): void {
    this.#state = s;
    this.#draw();
  }

  notice(code: string, message: string): void {
    this.#code = quiet.has(code) ? "" : code;
    this.#message = message;
    this.#draw();
  }

  #draw(): void {
    if (!this.#t) return;
    this.#line.textContent = this.#t[stateKeys[this.#state]];
    this.#line.dataset["state"] = this.#state;
    const key = noticeKeys[this.#code];
    const own = key ? this.#t[key] : `${this.#t.errorOther}: ${this.#message || this.#code}`;
    this.#notice.textContent = this.#code === "" ? "" : own;
    this.#notice.hidden = this.#code === "";
  }
}
