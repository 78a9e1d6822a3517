// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { createPlot, REDRAW_MS, themed, undrawn } from "../../src/core/plot";

test("a layout in the colours of the page keeps what the figure says", () => {
  const layout = themed({ xaxis: { title: { text: "trial" } }, yaxis2: {}, font: { size: 9 } }, { text: "#111111", soft: "#222222", grid: "#333333" });
  expect(layout.font).toEqual({ size: 9, color: "#111111" });
  expect(layout.paper_bgcolor).toBe("rgba(0,0,0,0)");
  expect((layout.xaxis as { title: unknown }).title).toEqual({ text: "trial" });
  for (const key of ["xaxis", "yaxis", "yaxis2"]) expect((layout[key] as { gridcolor: string }).gridcolor).toBe("#333333");
});

test("trace types that the bundle lacks are named", () => {
  expect(undrawn({ data: [{}, { type: "heatmap" }, { type: "scatter3d" }, { type: "scatter3d" }] })).toEqual(["scatter3d"]);
});

test("updates are drawn at most four times a second, the latest wins", async () => {
  vi.useFakeTimers();
  const react = vi.fn(async () => {});
  const parent = document.createElement("div");
  document.body.append(parent);
  const library = { react, purge: vi.fn(), Plots: { resize: vi.fn() } };
  const el = HTMLElement.prototype as unknown as { on?: () => void };
  el.on = () => {};
  const plot = createPlot(library, parent, { figure: { data: [] }, label: "Progress" });
  for (let k = 0; k < 50; k++) plot.update({ data: [{ name: String(k) }] });
  await vi.advanceTimersByTimeAsync(REDRAW_MS + 1);
  expect(react).toHaveBeenCalledTimes(2);
  expect((react.mock.calls[1] as unknown[])[1]).toEqual([{ name: "49" }]);
  plot.destroy();
  expect(library.purge).toHaveBeenCalled();
  expect(parent.children).toHaveLength(0);
  delete el.on;
  vi.useRealTimers();
});
