import { el } from "../dom";
import type { Segment, Segments } from "../events/segments";
import type { Strings } from "../strings/strings";
import "./stage.css";

/** How many segments stay on the screen: the growing one and the one before. */
const shown = 2;

/**
 * The subtitles: large words, grey while they may still change. Words keep their elements from one revision to the next,
 * so that nothing flickers. Screen readers hear finished segments only, from a log of their own.
 */
export class Stage {
  readonly element: HTMLElement;
  #lines = el("div", { class: "lines", "aria-hidden": "true" });
  #log = el("div", { class: "heard-only", role: "log", "aria-live": "polite", "aria-relevant": "additions" });
  #placeholder = el("p", { class: "placeholder" });
  #spoken = new Set<string>();

  constructor() {
    this.element = el("section", { class: "stage" }, this.#placeholder, this.#lines, this.#log);
  }

  translate(t: Strings): void {
    this.element.setAttribute("aria-label", t.subtitles);
    this.#placeholder.textContent = t.placeholder;
  }

  /** Forgets the programme before: segment ids belong to a programme. */
  reset(): void {
    this.#spoken.clear();
    this.#log.replaceChildren();
    this.#lines.replaceChildren();
    this.#placeholder.hidden = false;
  }

  show(segments: Segments): void {
    const newest = segments.newest(shown);
    this.#placeholder.hidden = newest.length > 0;
    const keep = new Map([...this.#lines.children].map((c) => [(c as HTMLElement).dataset["segment"], c as HTMLElement]));
    this.#lines.replaceChildren(...newest.map((s) => line(s, keep.get(s.id))));
    for (const s of segments.all()) this.#say(s);
  }

  #say(s: Segment): void {
    if (!s.final || this.#spoken.has(s.id)) return;
    this.#spoken.add(s.id);
    this.#log.append(el("p", { lang: s.language }, s.words.join(" ")));
    while (this.#log.childElementCount > 20) this.#log.firstElementChild?.remove();
  }
}

/** One segment; reuses the element that showed it before. */
function line(s: Segment, old: HTMLElement | undefined): HTMLElement {
  const p = old ?? el("p", { "data-segment": s.id });
  p.lang = s.language;
  p.classList.toggle("final", s.final);
  while (p.childElementCount > s.words.length) p.lastElementChild?.remove();
  s.words.forEach((text, i) => {
    let word = p.children[i] as HTMLElement | undefined;
    if (!word) {
      word = el("span");
      p.append(word, " ");
    }
    if (word.textContent !== text) word.textContent = text;
    word.className = i < s.stable ? "stable" : "growing";
  });
  return p;
}
