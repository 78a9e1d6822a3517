import { expect, test } from "vitest";
import { cutAt } from "../../src/architecture/edit/cross";
import { stepKey, unmeasured } from "../../src/architecture/edit/offers";
import { editKey, type Edits } from "../../src/architecture/edit/panels";
import { asTerm } from "../../src/architecture/edit/replace";
import { changed } from "../../src/architecture/term_text";
import type { ArchitectureBody } from "../../src/architecture/body";

const names = (...texts: string[]) => texts.map((text, node) => ({ text, node, name: true }));

test("what is new in a term stands between an equal beginning and an equal end", () => {
  expect(changed(names("f", "x", "y"), names("f", "z", "y"))).toEqual([1, 2]);
  expect(changed(names("f", "x"), names("f", "x"))).toEqual([2, 2]);
  expect(changed(names("f", "x", "x"), names("f", "x", "x", "x"))).toEqual([3, 4]);
  expect(changed(names("f", "x", "x", "x"), names("f", "x"))).toEqual([2, 2]);
  expect(changed([], names("f"))).toEqual([0, 1]);
});

test("costs are asked for in batches, each once", () => {
  const keys = Array.from({ length: 30 }, (_, k) => `k${k}`);
  const known = new Map([["k1", null]]);
  const next = unmeasured(keys, known);
  expect(next.length).toBe(12);
  expect(next[0]).toBe("k0");
  expect(next).not.toContain("k1");
  expect(unmeasured(["k1"], known)).toEqual([]);
});

test("a text is taken for a term when it is one, when nothing contains it, or when it has operands", () => {
  expect(asTerm({ offers: [1], typed: null, fault: {} }, "conv")).toBe(false);
  expect(asTerm({ offers: [], typed: null, fault: {} }, "conv")).toBe(true);
  expect(asTerm({ offers: [1], typed: null, fault: {} }, "Linear(conv")).toBe(true);
  expect(asTerm({ offers: [1], typed: {}, fault: null }, "conv")).toBe(true);
  expect(asTerm({ offers: [], typed: null, fault: null }, "  ")).toBe(false);
});

test("a text is cut at edits and at the names of places; an edit hides the places in it", () => {
  expect(cutAt("f(xx, y)", [], [[0, 8], [2, 4]])).toEqual([["f", "place"], ["(", "plain"], ["xx", "place"], [", y)", "plain"]]);
  expect(cutAt("f(g(x), y)", [[2, 6]], [[2, 6], [4, 5], [8, 9]])).toEqual([["f(", "plain"], ["g(x)", "edit"], [", ", "plain"], ["y", "place"], [")", "plain"]]);
  expect(cutAt("<b>", [], [])).toEqual([["<b>", "plain"]]);
});

const pressed = (key: string, shiftKey = false) => ({ key, shiftKey }) as KeyboardEvent;

test("arrow keys stay in the list", () => {
  const seen: number[] = [];
  const go = (key: string, at: number, count = 3) => stepKey(pressed(key), count, at, (k) => seen.push(k));
  expect([go("ArrowDown", 2), go("ArrowUp", 0), go("PageDown", 0), go("a", 0), go("ArrowDown", 0, 0)]).toEqual([true, true, true, false, false]);
  expect(seen).toEqual([2, 0, 2]);
});

test("keys of editing", () => {
  const done: string[] = [];
  const edits = { panel: null, open: (panel: string | null) => done.push(`open ${panel}`), act: (name: string) => done.push(name) } as unknown as Edits;
  const body = { key: "a", past: true, future: false, pinned: null } as unknown as ArchitectureBody;
  const go = (key: string, now = body, with_ = edits, shift = false) => editKey(pressed(key, shift), now, with_);
  expect(["r", "M", "x", "p", "Backspace"].map((key) => go(key))).toEqual([true, true, true, true, true]);
  expect([go("d"), go("Backspace", body, edits, true), go("Escape"), go("q"), go("r", { ...body, key: null })]).toEqual([false, false, false, false, false]);
  expect(go("d", { ...body, pinned: { key: "b", text: "" } })).toBe(true);
  expect(go("d", { ...body, pinned: { key: "a", text: "" } })).toBe(false);
  expect(go("Backspace", { ...body, future: true }, edits, true)).toBe(true);
  expect(go("r", body, { ...edits, panel: "replace" })).toBe(true);
  expect(go("Escape", body, { ...edits, panel: "replace" })).toBe(true);
  expect(done).toEqual(["open replace", "open mutations", "open cross", "pin", "back", "open difference", "forward", "open null", "open null"]);
});
