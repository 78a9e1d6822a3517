// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { createPlot } from "../../src/core/plot";
import { asModule, wholeLibrary } from "../../src/core/whole_plotly";
import type { WidgetModel } from "../../src/core/widget";

function model(answer: (tell: (content: unknown, buffers?: unknown[]) => void) => void, whole: unknown = true) {
  const handlers = new Set<(...args: never[]) => void>();
  const tell = (content: unknown, buffers: unknown[] = []) => [...handlers].forEach((h) => h(content as never, buffers as never));
  const send = vi.fn(() => answer(tell));
  const found = { get: () => whole, send, on: (_: string, h: never) => handlers.add(h), off: (_: string, h: never) => handlers.delete(h) };
  return { model: found as unknown as WidgetModel, send, handlers };
}

test("a saved page says at once that it has no kernel to ask", async () => {
  const { model: saved, send } = model(() => {}, null);
  await expect(wholeLibrary(saved)()).rejects.toThrow("a saved page has no kernel to get plotly from");
  expect(send).not.toHaveBeenCalled();
});

test("what the kernel cannot give is told in its words, and can be asked for again", async () => {
  const { model: live, send, handlers } = model((tell) => {
    tell({ kind: "else" });
    tell({ kind: "plotly", error: "plotly carries no plotly.js" });
  });
  const whole = wholeLibrary(live);
  await expect(whole()).rejects.toThrow("plotly carries no plotly.js");
  await expect(whole()).rejects.toThrow("plotly carries no plotly.js");
  expect(send).toHaveBeenCalledTimes(2);
  expect(handlers.size).toBe(0);
});

test("the code is a module of its own that leaves the page's names alone", async () => {
  const code = '(function(root, factory) { if (typeof module === "object" && module.exports) { module.exports = factory(); } else { root.moduleName = factory(); } }(globalThis, () => ({ react: 3 })))';
  const found = (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(asModule(code))}`)) as { default: unknown };
  expect(found.default).toEqual({ react: 3 });
  expect(globalThis).not.toHaveProperty("moduleName");
});

const box = () => document.body.appendChild(document.createElement("div"));
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
const library = () => ({ react: vi.fn(async () => {}), purge: vi.fn(), Plots: { resize: vi.fn() } });

test("a figure with another trace is drawn by the whole library, others by the bundle", async () => {
  const el = HTMLElement.prototype as unknown as { on?: () => void };
  el.on = () => {};
  const [small, large] = [library(), library()];
  const whole = vi.fn(async () => large);
  const plot = createPlot(small, box(), { figure: { data: [{ type: "parcoords" }] }, label: "Numbers" }, whole);
  await settled();
  expect([small.react.mock.calls.length, large.react.mock.calls.length]).toEqual([0, 1]);
  plot.destroy();
  expect(large.purge).toHaveBeenCalled();
  createPlot(small, box(), { figure: { data: [{ type: "bar" }] }, label: "Numbers" }, whole).destroy();
  await settled();
  expect(whole).toHaveBeenCalledTimes(1);
  delete el.on;
});

test("where it cannot be had, the place says so and is not blank", async () => {
  const place = box();
  const whole = () => Promise.reject(new Error("the kernel does not answer"));
  createPlot(library(), place, { figure: { data: [{ type: "sankey" }] }, label: "Flow" }, whole);
  await settled();
  expect(place.textContent).toBe("This plot has traces of type sankey, which are not drawn here: the kernel does not answer. See it with fig.show().");
});
