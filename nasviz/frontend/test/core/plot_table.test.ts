import { expect, test } from "vitest";
import { named, plain, rows } from "../../src/core/plot_table";

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
    { series: "a <b>", quantity: "loss", x: "1", y: "0.1235", spread: "", shade: "", point: null, cell: false },
    { series: "a <b>", quantity: "loss", x: "2", y: "–", spread: "", shade: "", point: null, cell: false },
    { series: "left out", quantity: "accuracy", x: "0.5", y: "0.25", spread: "0.01235", shade: "", point: 7, cell: false },
  ]);
  expect(rows({ data })[2]?.quantity).toBe("y");
});

test("a row that stands for a trial says which one", () => {
  const row = { series: "trial", quantity: "y", x: "1", y: "2", spread: "", shade: "", point: 3, cell: false };
  expect(named(row)).toBe("trial 3");
  expect(named({ ...row, series: "beaten" })).toBe("beaten, trial 3");
  expect(named({ ...row, series: "drawn at random", point: "conv" })).toBe("drawn at random");
  expect(named({ ...row, series: "similarity", cell: true })).toBe("similarity");
});

test("escaped text is shown as it was written", () => {
  expect(plain("a&amp;lt;<br>b")).toBe("a&lt; b");
});

test("a map says what its colours mean, and a symmetric heat map is half a table", () => {
  const points = { name: "candidate", x: [1], y: [2], marker: { color: [0.25], colorbar: { title: { text: "sd" } } }, customdata: ["conv"] };
  expect(rows({ data: [points] })[0]).toMatchObject({ shade: "0.25", point: "conv" });
  const gram = { type: "heatmap", name: "similarity", x: ["a", "b"], y: ["a", "b"], z: [[1, 0.5], [0.5, 1]], customdata: [[4, 4], [7, 7]] };
  const found = rows({ data: [gram] });
  expect(found.map((row) => [row.x, row.y, row.shade, row.point])).toEqual([
    ["a", "a", "1", 4],
    ["a", "b", "0.5", 7],
    ["b", "b", "1", 7],
  ]);
  expect(rows({ data: [{ ...gram, z: [[1, 0.5, 2]] }] })).toHaveLength(3);
  expect(rows({ data: [{ ...points, visible: false }] })).toEqual([]);
});
