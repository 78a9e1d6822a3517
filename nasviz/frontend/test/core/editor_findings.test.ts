import { ChangeSet } from "@codemirror/state";
import { expect, test } from "vitest";
import { type Finding, moved, place, repairable } from "../../src/core/editor_findings";

const finding = (start: number, end: number, fix = true): Finding => ({
  code: "x", severity: "error", message: "", hint: "", start, end, fix: fix ? { start, end, text: "id", label: "write id" } : null,
});

test("places are in UTF-16 units", () => {
  expect(place(finding(1, 2), "😀a")).toMatchObject({ from: 2, to: 3, fix: { from: 2, to: 3, insert: "id" } });
  expect(place(finding(3, 1, false), "abcdef")).toMatchObject({ from: 3, to: 3, fix: null });
});
test("a finding moves with the text; its fix is dropped when somebody wrote there", () => {
  const placed = place(finding(4, 6), "S = ab | c");
  const before = ChangeSet.of({ from: 0, insert: "## " }, 10);
  expect(moved(placed, before)).toMatchObject({ from: 7, to: 9, fix: { from: 7, to: 9 } });
  expect(moved(placed, ChangeSet.of({ from: 5, insert: "x" }, 10)).fix).toBeNull();
});
test("the key repairs around the cursor, then on the line, then below, then from the top", () => {
  const list = [finding(2, 4), finding(10, 12, false), finding(20, 22), finding(40, 42)].map((f) => place(f, "x".repeat(50)));
  const line = { from: 10, to: 30 };
  expect(repairable(list, 41, { from: 35, to: 50 })).toBe(list[3]);
  expect(repairable(list, 11, line)).toBe(list[2]);
  expect(repairable(list, 32, { from: 31, to: 33 })).toBe(list[3]);
  expect(repairable(list, 48, { from: 47, to: 50 })).toBe(list[0]);
  expect(repairable(list.slice(1, 2), 11, line)).toBeNull();
});
