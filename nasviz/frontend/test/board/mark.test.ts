import { expect, test } from "vitest";
import { marked } from "../../src/board/mark";
import { accented, MARK, themed } from "../../src/core/plot";

const points = { type: "scatter", mode: "markers", name: "trial", x: [1, 2, 3], y: [4, 5, 6], customdata: [0, 7, "conv"] };

test("a point is ringed where it lies, by number or by term", () => {
  for (const [point, x, y] of [[7, 2, 5], ["conv", 3, 6]] as const) {
    const mark = marked({ data: [points] }, point).data[1]!;
    expect(mark).toMatchObject({ meta: MARK, mode: "markers", x: [x], y: [y], xaxis: "x", yaxis: "y", showlegend: false, hoverinfo: "skip" });
  }
});

test("a figure without the point stays the same object", () => {
  const figure = { data: [points, { type: "scatter", x: [1], y: [1] }] };
  expect(marked(figure, 8)).toBe(figure);
  expect(marked(figure, null)).toBe(figure);
});

test("a mark is on the axes of its trace", () => {
  expect(marked({ data: [{ ...points, xaxis: "x2", yaxis: "y3" }] }, 0).data[1]).toMatchObject({ xaxis: "x2", yaxis: "y3" });
});

test("of many lines in one trace that of the point is drawn thick", () => {
  const lines = { ...points, mode: "lines+markers", x: [1, 2, null, 1, 2], y: [5, 6, null, 7, 8], customdata: [3, 3, null, 4, 4] };
  expect(marked({ data: [lines] }, 4).data[1]).toMatchObject({ mode: "lines", x: [1, 2], y: [7, 8] });
});

test("a bar gets a frame", () => {
  const bars = { type: "bar", orientation: "h", name: "finished", x: [2, 3], base: [0, 2], y: [0, 1], width: 0.8, customdata: [5, 6] };
  expect(marked({ data: [bars] }, 6).data[1]).toMatchObject({ type: "bar", orientation: "h", x: [3], base: [2], y: [1], width: 0.8 });
});

test("in a square heat map a row and a column are framed, in a strip a row", () => {
  const square = { type: "heatmap", z: [[1, 2], [2, 1]], customdata: [[4, 4], [9, 9]] };
  const strip = { type: "heatmap", xaxis: "x2", z: [[1], [2]], customdata: [[4], [9]] };
  const figure = { data: [square, strip], layout: { shapes: [{ type: "line" }] } };
  const { shapes } = marked(figure, 9).layout as { shapes: Record<string, unknown>[] };
  expect(shapes).toHaveLength(4);
  expect(shapes[1]).toMatchObject({ xref: "x", x0: -0.5, x1: 1.5, y0: 0.5, y1: 1.5, name: MARK });
  expect(shapes[2]).toMatchObject({ x0: 0.5, x1: 1.5, y0: -0.5, y1: 1.5 });
  expect(shapes[3]).toMatchObject({ xref: "x2", x0: -0.5, x1: 0.5, y0: 0.5, y1: 1.5 });
  expect(figure.layout.shapes).toHaveLength(1);
});

test("marks are drawn in the accent of the page, nothing else is", () => {
  const [trial, ring] = accented(marked({ data: [points] }, 7).data, "#b0003a");
  expect(trial).toBe(points);
  expect(ring!.marker).toMatchObject({ color: "#b0003a", line: { color: "#b0003a", width: 3 } });
  const bar = accented([{ type: "bar", meta: MARK, marker: { color: "rgba(0,0,0,0)", line: { width: 3 } } }], "#b0003a")[0]!;
  expect(bar.marker).toEqual({ color: "rgba(0,0,0,0)", line: { width: 3, color: "#b0003a" } });
  expect(accented([{ type: "scatter", meta: MARK, mode: "lines", line: { width: 5 } }], "#b0003a")[0]!.line).toEqual({ width: 5, color: "#b0003a" });
  const colours = { text: "#111111", soft: "#222222", grid: "#333333", accent: "#b0003a" };
  const { shapes } = themed({ shapes: [{ name: MARK, line: { width: 2 } }, { name: "limit", line: {} }], height: 400 }, colours) as { shapes: { line: object }[] };
  expect(shapes.map((shape) => shape.line)).toEqual([{ width: 2, color: "#b0003a" }, {}]);
  expect(themed({ height: 400, width: 300 }, colours)).not.toHaveProperty("height");
});
