import { el } from "../dom";
import { ownNames, pageLanguages, preferred, type PageLanguage, type Strings } from "../strings/strings";

type Theme = "auto" | "light" | "dark";
const themes: readonly Theme[] = ["auto", "light", "dark"];
const scales = [0.6, 0.8, 1, 1.25, 1.5, 2];

/** Language, appearance and text size, kept in this browser. */
export class Settings {
  readonly element = el("div", { class: "settings" });
  language: PageLanguage;
  #theme: Theme;
  #scale: number;
  #languageMenu = el("select", { id: "page-language" });
  #themeMenu = el("select", { id: "theme" });
  #smaller = el("button", { type: "button", class: "size" }, "A−");
  #larger = el("button", { type: "button", class: "size" }, "A+");
  #languageLabel = el("label", { for: "page-language", class: "heard-only" });
  #themeLabel = el("label", { for: "theme", class: "heard-only" });

  constructor(changed: () => void) {
    const stored = pageLanguages.find((l) => l === localStorage.getItem("language"));
    this.language = stored ?? preferred(navigator.languages);
    this.#theme = themes.find((t) => t === localStorage.getItem("theme")) ?? "auto";
    this.#scale = Number(localStorage.getItem("scale")) || 1;
    for (const l of pageLanguages) this.#languageMenu.append(el("option", { value: l, lang: l }, ownNames[l]));
    for (const t of themes) this.#themeMenu.append(el("option", { value: t }));
    this.#languageMenu.value = this.language;
    this.#themeMenu.value = this.#theme;
    this.#languageMenu.onchange = () => {
      this.language = pageLanguages.find((l) => l === this.#languageMenu.value) ?? "en";
      this.#apply();
      changed();
    };
    this.#themeMenu.onchange = () => {
      this.#theme = themes.find((t) => t === this.#themeMenu.value) ?? "auto";
      this.#apply();
    };
    this.#smaller.onclick = () => this.#resize(-1);
    this.#larger.onclick = () => this.#resize(1);
    this.element.append(this.#smaller, this.#larger, this.#languageLabel, this.#languageMenu, this.#themeLabel, this.#themeMenu);
    this.#apply();
  }

  translate(t: Strings): void {
    this.#languageLabel.textContent = t.interfaceLanguage;
    this.#themeLabel.textContent = t.theme;
    this.#smaller.setAttribute("aria-label", t.smaller);
    this.#larger.setAttribute("aria-label", t.larger);
    const names = [t.themeAuto, t.themeLight, t.themeDark];
    [...this.#themeMenu.options].forEach((o, i) => (o.text = names[i] ?? ""));
  }

  #resize(step: number): void {
    const i = scales.indexOf(this.#scale) < 0 ? scales.indexOf(1) : scales.indexOf(this.#scale);
    this.#scale = scales[Math.max(0, Math.min(scales.length - 1, i + step))] ?? 1;
    this.#apply();
  }

  #apply(): void {
    const root = document.documentElement;
    root.lang = this.language;
    root.dataset["theme"] = this.#theme;
    root.style.setProperty("--text-scale", String(this.#scale));
    localStorage.setItem("language", this.language);
    localStorage.setItem("theme", this.#theme);
    localStorage.setItem("scale", String(this.#scale));
  }
}
