import { en, type Strings } from "./en";
import { kk } from "./kk";
import { ru } from "./ru";

export type { Strings };

/** Languages of the page, in the order of the menu. */
export const pageLanguages = ["kk", "ru", "en"] as const;
export type PageLanguage = (typeof pageLanguages)[number];

const tables: Record<PageLanguage, Strings> = { kk, ru, en };

/** Names of the languages in themselves. */
export const ownNames: Record<PageLanguage, string> = { kk: "Қазақша", ru: "Русский", en: "English" };

export function strings(language: PageLanguage): Strings {
  return tables[language];
}

/** The first of the browser's languages that the page has, else English. */
export function preferred(languages: readonly string[]): PageLanguage {
  for (const l of languages) {
    const base = l.toLowerCase().split("-")[0];
    const found = pageLanguages.find((p) => p === base);
    if (found) return found;
  }
  return "en";
}
