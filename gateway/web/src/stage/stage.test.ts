import { expect, test } from "vitest";
import { Segments } from "../events/segments";
import { Stage } from "./stage";

const event = (seq: number, id: string, text: string, stable: number, final = false) => ({
  seq, type: "segment", segment: id, language: "ru", revision: seq, text, stable, final, time: "",
});

function words(stage: Stage, kind: string): string[] {
  return [...stage.element.querySelectorAll(`.lines .${kind}`)].map((e) => e.textContent ?? "");
}

test("stable words are marked apart from growing ones", () => {
  const stage = new Stage();
  const s = new Segments();
  s.apply(event(1, "s1", "Добрый вечер страна", 2));
  stage.show(s);
  expect(words(stage, "stable")).toEqual(["Добрый", "вечер"]);
  expect(words(stage, "growing")).toEqual(["страна"]);
});

test("a word keeps its element while the segment grows", () => {
  const stage = new Stage();
  const s = new Segments();
  s.apply(event(1, "s1", "Добрый вечер", 1));
  stage.show(s);
  const first = stage.element.querySelector(".lines span");
  s.apply(event(2, "s1", "Добрый вечер всем", 2));
  stage.show(s);
  expect(stage.element.querySelector(".lines span")).toBe(first);
});

test("screen readers hear each final segment once and nothing that grows", () => {
  const stage = new Stage();
  const s = new Segments();
  s.apply(event(1, "s1", "раз", 1, true));
  s.apply(event(2, "s2", "два", 0));
  stage.show(s);
  stage.show(s);
  expect(stage.element.querySelector("[role=log]")?.textContent).toBe("раз");
});

test("markup in the text stays text", () => {
  const stage = new Stage();
  const s = new Segments();
  s.apply(event(1, "s1", "<img src=x onerror=alert(1)>", 0));
  stage.show(s);
  expect(stage.element.querySelector("img")).toBeNull();
});
