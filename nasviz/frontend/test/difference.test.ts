import { expect, test } from "vitest";
import { changeText, marked, type Place, placeWords } from "../src/difference";

test("marks survive as plain text", () => {
  expect(marked([[" ", "f(x, "], ["-", "x"], ["+", "y"], [" ", ")"]])).toBe("f(x, [-x-]{+y+})");
});

const place = (sign: string, more: Partial<Place> = {}): Place => ({ sign, before: null, after: null, old: "", new: "", parameters: null, flops: null, ...more });

test("places in words", () => {
  expect(placeWords(place("−", { old: "conv", before: [0, 1] }))).toBe("conv at (0, 1) of the first goes");
  expect(placeWords(place("+", { new: "conv", after: [0] }))).toBe("conv at (0,) comes");
  expect(placeWords(place("±", { old: "id", new: "relu", after: [] }))).toBe("id becomes relu at the root");
  expect(placeWords(place("=", { old: "head", new: "head" }))).toBe("head stays and costs something else");
});

test("changes have a sign", () => {
  expect([[5, 8], [8, 5], [4, 4], [0, 12000]].map((pair) => changeText(pair as [number, number])).map((text) => text.replace(/\s/g, " "))).toEqual(["+3", "−3", "0", "+12 k"]);
  expect(changeText(null)).toBe("");
});
