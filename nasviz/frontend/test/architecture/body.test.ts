import { expect, test } from "vitest";
import { type CostRow, isUnder, matches, moduleName, sorted } from "../../src/architecture/body";
import { loadOf } from "../../src/architecture/panes";

const row = (position: number[], operator: string, parameters: number, flops: number, part = "body"): CostRow => ({
  position,
  operator,
  shape_in: [16, 8, 8],
  shape_out: [16, 8, 8],
  parameters,
  flops,
  part,
});
const rows = [row([], "conv_stem", 464, 5, "stem"), row([0, 0], "conv", 20, 7), row([0, 1], "id", 0, 0), row([1], "conv", 20, 3)];

test("names of modules", () => expect(rows.map(moduleName)).toEqual(["net.stem", "net._0._0", "net._0._1", "net._1"]));

test("sorting keeps equal rows in the order of the forward pass", () => {
  const names = (key: Parameters<typeof sorted>[1], down: boolean) => sorted(rows, key, down).map(moduleName);
  expect(names("parameters", true)).toEqual(["net.stem", "net._0._0", "net._1", "net._0._1"]);
  expect(names("parameters", false)).toEqual(["net._0._1", "net._0._0", "net._1", "net.stem"]);
  expect(names("operator", false)).toEqual(["net._0._0", "net._1", "net.stem", "net._0._1"]);
  expect(names("name", true)).toEqual(["net._1", "net._0._1", "net._0._0", "net.stem"]);
});

test("names are found in operators and nonterminals", () => {
  const info = { text: "", operators: ["Linear", "conv", "CONV3"], arity: [2, 0, 0], start: [], stop: [], labels: [[["S", 0]], [], [["B", 1]]] as [string, number][][] };
  expect(matches(info, "conv")).toEqual([1, 2]);
  expect(matches(info, " b ")).toEqual([2]);
  expect(matches(info, "")).toEqual([]);
});

test("what shades say", () => {
  expect(loadOf("nonterminal", rows)).toBeNull();
  expect(loadOf("level", rows)!.value([[0, 1]], false)).toBe(2);
  expect(loadOf("parameters", rows)!.value([[0]], true)).toBe(20);
  expect(loadOf("flops", rows)!.value([[0, 0], [1]], false)).toBe(10);
  expect(isUnder([0, 1], [0])).toBe(true);
});
