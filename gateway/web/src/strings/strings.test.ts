import { expect, test } from "vitest";
import { pageLanguages, preferred, strings } from "./strings";

test("every language fills every text with words of its own", () => {
  for (const l of pageLanguages) {
    for (const [key, text] of Object.entries(strings(l))) expect(text.trim(), `${l}.${key}`).not.toBe("");
  }
  for (const key of ["placeholder", "legend", "stateLive"] as const) {
    expect(new Set(pageLanguages.map((l) => strings(l)[key])).size).toBe(3);
  }
});

test("the browser's languages are matched by their base", () => {
  expect(preferred(["de-DE", "kk-KZ", "ru"])).toBe("kk");
  expect(preferred(["ru-RU"])).toBe("ru");
  expect(preferred(["de"])).toBe("en");
});
