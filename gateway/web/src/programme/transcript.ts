import { el } from "../dom";
import type { Segments } from "../events/segments";
import type { Strings } from "../strings/strings";
import type { Programme } from "./api";

const formats = ["srt", "vtt", "ttml"] as const;

/** Everything said so far with its times, and links to the files and to the page for viewers. */
export class Transcript {
  readonly element: HTMLElement;
  #heading = el("h2");
  #list = el("ol", { tabindex: "0" });
  #links = el("p", { class: "links" });
  #programme: Programme | undefined;
  #t: Strings | undefined;
  #items = new Map<string, { item: HTMLElement; revision: number }>();

  constructor() {
    this.element = el("section", { class: "transcript" }, this.#heading, this.#links, this.#list);
    this.element.hidden = true;
  }

  translate(t: Strings): void {
    this.#t = t;
    this.#heading.textContent = t.transcript;
    this.#list.setAttribute("aria-label", t.transcript);
    this.#drawLinks();
  }

  /** Begins anew: segment ids belong to a programme. */
  programme(p: Programme): void {
    this.#programme = p;
    this.#items.clear();
    this.#list.replaceChildren();
    this.element.hidden = false;
    this.#drawLinks();
  }

  show(segments: Segments): void {
    const atEnd = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < 40;
    for (const s of segments.all()) {
      const old = this.#items.get(s.id);
      if (old?.revision === s.revision || !s.final) continue;
      const item = el("li", { lang: s.language }, el("time", {}, clock(s.startMS)), " ", s.words.join(" "));
      if (old) old.item.replaceWith(item);
      else this.#list.append(item);
      this.#items.set(s.id, { item, revision: s.revision });
    }
    if (atEnd) this.#list.scrollTop = this.#list.scrollHeight;
  }

  #drawLinks(): void {
    const p = this.#programme;
    const t = this.#t;
    if (!p || !t) return;
    const files = formats.flatMap((f) => [
      " ",
      el("a", { href: `/v1/programmes/${encodeURIComponent(p.id)}/subtitles.${f}`, download: "" }, f.toUpperCase()),
    ]);
    this.#links.replaceChildren(`${t.download}:`, ...files, " · ", el("a", { href: p.view_url, target: "_blank" }, t.viewerLink));
  }
}

/** 61,500 ms is 1:01. */
export function clock(ms: number): string {
  const s = Math.floor(ms / 1000);
  const pad = (n: number) => String(n).padStart(2, "0");
  const h = Math.floor(s / 3600);
  return h > 0 ? `${h}:${pad(Math.floor(s / 60) % 60)}:${pad(s % 60)}` : `${Math.floor(s / 60)}:${pad(s % 60)}`;
}
