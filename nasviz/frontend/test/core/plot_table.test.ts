import { expect, test } from "vitest";
import { plain, rows } from "../../src/core/plot_table";

test("rows of named traces, with their bars", () => {
  const data = [
    { name: "", x: [null], y: [null] },
    { name: "range", x: [1], y: [2], meta: "guide" },
    { name: "a &lt;b&gt;", x: [1, 2], y: [0.123456, null] },
    { name: "left out", x: [0.5], y: [0.25], error_y: { array: [0.0123456] } },
    { name: "empty" },
  ];
  expect(rows({ data })).toEqual([
    { series: "a <b>", x: "1", y: "0.1235", spread: "" },
    { series: "a <b>", x: "2", y: "–", spread: "" },
    { series: "left out", x: "0.5", y: "0.25", spread: "0.01235" },
  ]);
});

test("escaped text is shown as it was written", () => {
  expect(plain("a&amp;lt;<br>b")).toBe("a&lt; b");
});
