import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Ingest } from "./ingest";

/** A socket whose server is the test. */
class FakeSocket {
  static all: FakeSocket[] = [];
  sent: unknown[] = [];
  binaryType = "";
  onopen?: () => void;
  onmessage?: (m: { data: unknown }) => void;
  onclose?: () => void;

  constructor() {
    FakeSocket.all.push(this);
  }

  send(data: unknown): void {
    this.sent.push(data);
  }

  close(): void {
    this.onclose?.();
  }

  ready(): void {
    this.onopen?.();
    this.onmessage?.({ data: '{"type":"ready","received_ms":0}' });
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.all = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const block = () => new Int16Array(1600);

function start() {
  const connected = vi.fn();
  const failed = vi.fn();
  return { ingest: new Ingest("/ingest", 16000, { connected, failed }), connected, failed };
}

const socket = (i: number): FakeSocket => FakeSocket.all[i] as FakeSocket;

test("sound waits until the server is ready, and the format goes first", () => {
  const { ingest } = start();
  ingest.send(block());
  expect(socket(0).sent).toEqual([]);
  socket(0).ready();
  expect(JSON.parse(socket(0).sent[0] as string)).toMatchObject({ format: "pcm_s16le", sample_rate: 16000, channels: 1 });
  expect(socket(0).sent).toHaveLength(2);
});

test("a lost connection is made again and what was said meanwhile is sent", () => {
  const { ingest, connected, failed } = start();
  socket(0).ready();
  socket(0).onclose?.();
  expect(connected).toHaveBeenLastCalledWith(false);
  ingest.send(block());
  vi.advanceTimersByTime(600);
  socket(1).ready();
  expect(socket(1).sent).toHaveLength(2);
  expect(connected).toHaveBeenLastCalledWith(true);
  expect(failed).not.toHaveBeenCalled();
});

test("its own earlier connection may hold the place for a while", () => {
  const { failed } = start();
  socket(0).ready();
  socket(0).onclose?.();
  vi.advanceTimersByTime(600);
  socket(1).onmessage?.({ data: '{"type":"error","code":"exists","message":"it has a source"}' });
  socket(1).onclose?.();
  vi.advanceTimersByTime(1200);
  socket(2).ready();
  expect(failed).not.toHaveBeenCalled();
});

test("a refusal ends it and is told once", () => {
  const { failed } = start();
  socket(0).onmessage?.({ data: '{"type":"error","code":"invalid","message":"no"}' });
  expect(failed).toHaveBeenCalledExactlyOnceWith("no");
  vi.advanceTimersByTime(60_000);
  expect(FakeSocket.all).toHaveLength(1);
});

test("after the end nothing is opened again", () => {
  const { ingest } = start();
  socket(0).ready();
  ingest.end();
  expect(socket(0).sent.at(-1)).toBe('{"type":"end"}');
  socket(0).onclose?.();
  vi.advanceTimersByTime(60_000);
  expect(FakeSocket.all).toHaveLength(1);
});
