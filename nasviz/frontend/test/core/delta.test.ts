import { describe, expect, test } from "vitest";
import { applyChanges, isChanges, type Change } from "../../src/core/delta";

describe("applyChanges", () => {
  const cases: [string, unknown, Change[], unknown][] = [
    ["sets a value", { a: 1 }, [[["a"], "set", 2]], { a: 2 }],
    ["adds a key", { a: 1 }, [[["b"], "set", 2]], { a: 1, b: 2 }],
    ["drops a key", { a: 1, b: 2 }, [[["a"], "drop", null]], { b: 2 }],
    ["extends a list", { data: [{ x: [1] }, { x: [] }] }, [[["data", 0, "x"], "extend", [2, 3]]], { data: [{ x: [1, 2, 3] }, { x: [] }] }],
    ["replaces everything", 1, [[[], "set", "one"]], "one"],
    ["extends the whole", [1], [[[], "extend", [2]]], [1, 2]],
    ["goes in order", { a: [1] }, [[["a"], "extend", [2]], [["a", 1], "set", 5]], { a: [1, 5] }],
    ["changes nothing", { a: 1 }, [], { a: 1 }],
  ];
  test.each(cases)("%s", (_, before, changes, after) => {
    const kept = structuredClone(before);
    expect(applyChanges(before, changes)).toEqual(after);
    expect(before).toEqual(kept);
  });

  test("shares what did not change", () => {
    const before = { a: { x: 1 }, b: [1] };
    const after = applyChanges(before, [[["b"], "extend", [2]]]) as typeof before;
    expect(after.a).toBe(before.a);
  });

  test("refuses a place that is not there", () => {
    expect(() => applyChanges({ a: 1 }, [[["b", "c"], "set", 1]])).toThrow("no place b.c to change");
    expect(() => applyChanges(1, [[["b"], "set", 1]])).toThrow("no place b to change");
  });

  test("never reaches a prototype", () => {
    expect(() => applyChanges({}, [[["constructor", "prototype", "x"], "set", 1]])).toThrow(RangeError);
    expect(() => applyChanges({}, [[["__proto__", "x"], "set", 1]])).toThrow(RangeError);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

describe("isChanges", () => {
  test.each([
    [[[["a", 0], "set", 1]], true],
    [[[["a"], "extend", [1]]], true],
    [[[["a"], "extend", 1]], false],
    [[[[], "drop", null]], false],
    [[[["a"], "add", 1]], false],
    [[[[1.5], "set", 1]], false],
    [[["a", "set", 1]], false],
    [{}, false],
    [[], true],
  ])("%j is %s", (value, fits) => {
    expect(isChanges(value)).toBe(fits);
  });
});
