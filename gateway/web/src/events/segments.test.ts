import { expect, test } from "vitest";
import { parseEvent, type WireEvent } from "./event";
import { Segments } from "./segments";

const segment = (seq: number, id: string, text: string, more: Partial<WireEvent> = {}): WireEvent => ({
  seq, type: "segment", segment: id, language: "kk", revision: 1, text, stable: 0, final: false, time: "", ...more,
});

test("a newer revision replaces the whole text", () => {
  const s = new Segments();
  s.apply(segment(1, "s1", "Сәле"));
  s.apply(segment(2, "s1", "Сәлеметсіз бе", { stable: 1 }));
  expect(s.all()).toHaveLength(1);
  expect(s.all()[0]).toMatchObject({ words: ["Сәлеметсіз", "бе"], stable: 1, final: false });
});

test("events that come twice or late change nothing", () => {
  const s = new Segments();
  s.apply(segment(5, "s1", "жаңа"));
  expect(s.apply(segment(4, "s1", "ескі"))).toBe(false);
  expect(s.apply(segment(5, "s1", "ескі"))).toBe(false);
  expect(s.all()[0]?.words).toEqual(["жаңа"]);
});

test("a final segment is all stable", () => {
  const s = new Segments();
  s.apply(segment(1, "s1", "бір екі", { final: true }));
  expect(s.all()[0]?.stable).toBe(2);
});

test("retracted segments disappear and empty ones are not shown", () => {
  const s = new Segments();
  s.apply(segment(1, "s1", "бір"));
  s.apply(segment(2, "s2", ""));
  expect(s.newest(2).map((x) => x.id)).toEqual(["s1"]);
  s.apply({ seq: 3, type: "retract", segment: "s1", language: "kk", time: "" });
  expect(s.newest(2)).toEqual([]);
});

test("unknown types are ignored but count", () => {
  const s = new Segments();
  expect(s.apply({ seq: 9, type: "applause", time: "" })).toBe(false);
  expect(s.lastSeq).toBe(9);
});

test("what is no event is ignored", () => {
  for (const text of ["", "null", "[]", "{}", '{"seq":"1","type":"segment"}', "not json"]) expect(parseEvent(text)).toBeUndefined();
});
