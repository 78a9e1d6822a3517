import { describe, expect, test } from "vitest";
import { isSelection, isWithin, parsePositionId, positionId, samePosition, SelectionBus } from "../../src/core/selection";

describe("positions", () => {
  test.each([[[], "p"], [[0], "p-0"], [[0, 12, 3], "p-0-12-3"]])("%j is %s", (position, id) => {
    expect(positionId(position)).toBe(id);
    expect(parsePositionId(id)).toEqual(position);
  });
  test.each(["", "in", "p-", "p-x", "j-1-p", "p--1"])("%s is no position", (id) => expect(parsePositionId(id)).toBeNull());
  test("inside", () => {
    expect(isWithin([0, 2, 1], [0, 2])).toBe(true);
    expect(isWithin([0, 2], [0, 2])).toBe(true);
    expect(isWithin([0], [0, 2])).toBe(false);
    expect(isWithin([1, 2], [0])).toBe(false);
    expect(samePosition([0], null)).toBe(false);
    expect(samePosition(null, null)).toBe(true);
  });
});

test("isSelection believes only what fits", () => {
  expect(isSelection({ v: 1, architecture: "a", position: [0] })).toBe(true);
  for (const wrong of [null, {}, { v: 2, architecture: "a", position: [] }, { v: 1, architecture: "a", position: [-1] }, { v: 1, architecture: 1, position: [] }]) {
    expect(isSelection(wrong)).toBe(false);
  }
});

describe("SelectionBus", () => {
  test("tells all views of one architecture, once for each change", () => {
    const bus = new SelectionBus();
    const heard: unknown[] = [];
    bus.subscribe("a", (position, what) => heard.push(["one", position, what]));
    bus.subscribe("a", (position, what) => heard.push(["two", position, what]));
    bus.subscribe("b", (position) => heard.push(["b", position]));
    bus.select("a", [1]);
    bus.select("a", [1]);
    bus.hover("a", null);
    expect(heard).toEqual([
      ["one", [1], "select"],
      ["two", [1], "select"],
      ["one", null, "hover"],
      ["two", null, "hover"],
    ]);
    expect(bus.selected("a")).toEqual([1]);
  });
  test("forgets an architecture with its last view", () => {
    const bus = new SelectionBus();
    const end = bus.subscribe("a", () => {});
    bus.select("a", [0]);
    end();
    expect(bus.size).toBe(0);
    expect(bus.selected("a")).toBeNull();
  });
});
