import { expect, test } from "vitest";
import { clock, offers, readTotal } from "../../src/board/now";
import type { Phase } from "../../src/board/state";

test.each<[Phase, number, string, string]>([
  ["empty", 0, "Start", ""],
  ["running", 3, "", "pause stop"],
  ["paused", 3, "", "resume stop"],
  ["stopping", 3, "", ""],
  ["stopped", 3, "Go on", ""],
  ["stopped", 0, "Start", ""],
  ["done", 3, "Go on", ""],
  ["failed", 0, "Start", ""],
])("%s after %i trials offers %s %s", (phase, done, start, others) => {
  const can = offers(phase, done);
  expect(can.start).toBe(start);
  expect((["pause", "resume", "stop"] as const).filter((name) => can[name]).join(" ")).toBe(others);
});

test.each([
  ["20", 20],
  [" 7 ", 7],
  ["", null],
  ["0", null],
  ["-1", null],
  ["1.5", null],
  ["1e3", null],
  ["many", null],
  ["1000000", null],
])("a budget %j is %j", (text, total) => {
  expect(readTotal(text)).toBe(total);
});

test.each([
  [0, "0:00"],
  [7.9, "0:07"],
  [725, "12:05"],
  [3603, "1:00:03"],
  [-1, "0:00"],
])("%d s reads %s", (seconds, text) => {
  expect(clock(seconds)).toBe(text);
});
