import { expect, test } from "vitest";
import { plain, rows } from "../../src/core/plot_table";

test("rows of named traces, with their bars", () => {
  const data = [
    { name: "", x: [null], y: [null] },
    { name: "range", x: [1], y: [2], meta: "guide" },
    { name: "a &lt;b&gt;", x: [1, 2], y: [0.123456, null] },
    { name: "left out", x: [0.5], y: [0.25], yaxis: "y2", error_y: { array: [0.0123456] }, customdata: [7] },
    { name: "empty" },
  ];
  const layout = { yaxis: { title: { text: "loss" } }, yaxis2: { title: { text: "accuracy" } } };
  expect(rows({ data, layout })).toEqual([
    { series: "a <b>", quantity: "loss", x: "1", y: "0.1235", spread: "", point: null },
    { series: "a <b>", quantity: "loss", x: "2", y: "–", spread: "", point: null },
    { series: "left out", quantity: "accuracy", x: "0.5", y: "0.25", spread: "0.01235", point: 7 },
  ]);
  expect(rows({ data })[2]?.quantity).toBe("y");
});

test("escaped text is shown as it was written", () => {
  expect(plain("a&amp;lt;<br>b")).toBe("a&lt; b");
});
