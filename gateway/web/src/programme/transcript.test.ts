import { expect, test } from "vitest";
import { Segments } from "../events/segments";
import { en } from "../strings/en";
import { clock, Transcript } from "./transcript";

test("times read as a clock", () => {
  expect(clock(0)).toBe("0:00");
  expect(clock(61_500)).toBe("1:01");
  expect(clock(3_661_000)).toBe("1:01:01");
});

test("only finished segments enter the transcript, and the files can be fetched", () => {
  const t = new Transcript();
  t.translate(en);
  t.programme({ id: "p1", ingest_url: "/i", events_url: "/e", view_url: "/p/p1" });
  const s = new Segments();
  s.apply({ seq: 1, type: "segment", segment: "s1", text: "one", stable: 1, final: true, start_ms: 1000, time: "" });
  s.apply({ seq: 2, type: "segment", segment: "s2", text: "two", stable: 0, time: "" });
  t.show(s);
  t.show(s);
  expect([...t.element.querySelectorAll("li")].map((e) => e.textContent)).toEqual(["0:01 one"]);
  expect([...t.element.querySelectorAll("a[download]")].map((a) => a.getAttribute("href"))).toContain("/v1/programmes/p1/subtitles.srt");
});

test("a new programme begins with an empty transcript", () => {
  const t = new Transcript();
  t.translate(en);
  const one = new Segments();
  one.apply({ seq: 1, type: "segment", segment: "s1", revision: 1, text: "one", stable: 1, final: true, start_ms: 0, time: "" });
  t.programme({ id: "p1", ingest_url: "/i", events_url: "/e", view_url: "/p/p1" });
  t.show(one);
  const two = new Segments();
  two.apply({ seq: 1, type: "segment", segment: "s1", revision: 1, text: "two", stable: 1, final: true, start_ms: 0, time: "" });
  t.programme({ id: "p2", ingest_url: "/i", events_url: "/e", view_url: "/p/p2" });
  t.show(two);
  expect([...t.element.querySelectorAll("li")].map((e) => e.textContent)).toEqual(["0:00 two"]);
});
