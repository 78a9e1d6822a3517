/** The selected point marked in a figure, whatever the figure is. */
import { type Figure, MARK } from "../core/plot";
import type { Point } from "./state";

type Trace = Record<string, unknown>;

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The places of a trace that stand for a point. */
function places(trace: Trace, point: Point): number[] {
  return list(trace.customdata).flatMap((value, i) => (value === point ? [i] : []));
}

const at = (trace: Trace, key: string, found: readonly number[]) => found.map((i) => list(trace[key])[i]);

/** A ring around the points of a trace, the part of a line, or a frame around bars. */
function markOf(trace: Trace, point: Point): Trace[] {
  const found = places(trace, point);
  if (found.length === 0 || !Array.isArray(trace.x)) return [];
  const axes = { xaxis: trace.xaxis ?? "x", yaxis: trace.yaxis ?? "y" };
  const common = { meta: MARK, name: "selected", hoverinfo: "skip", showlegend: false, x: at(trace, "x", found), y: at(trace, "y", found), ...axes };
  if (trace.type === "bar") {
    const bar = Object.fromEntries(["base", "width"].flatMap((key) => (Array.isArray(trace[key]) ? [[key, at(trace, key, found)]] : key in trace ? [[key, trace[key]]] : [])));
    return [{ ...common, ...bar, type: "bar", orientation: trace.orientation, marker: { color: "rgba(0,0,0,0)", line: { width: 3 } } }];
  }
  const lines = found.length > 1 && String(trace.mode ?? "").includes("lines");
  if (lines) return [{ ...common, type: "scatter", mode: "lines", line: { width: 5, shape: (trace.line as Trace | undefined)?.shape } }];
  return [{ ...common, type: "scatter", mode: "markers", marker: { symbol: "circle-open", size: 17, line: { width: 3 } } }];
}

/** The row and the column of a heat map that stand for a point, as frames. */
function framesOf(trace: Trace, point: Point): Trace[] {
  if (trace.type !== "heatmap") return [];
  const rows = list(trace.customdata);
  const found = rows.findIndex((row) => (Array.isArray(row) ? row[0] === point && row.every((value) => value === point) : row === point));
  if (found < 0) return [];
  const [n, m] = [rows.length, list(rows[0]).length];
  const frame = { type: "rect", xref: trace.xaxis ?? "x", yref: trace.yaxis ?? "y", line: { width: 2 }, name: MARK };
  const row = { ...frame, x0: -0.5, x1: m - 0.5, y0: found - 0.5, y1: found + 0.5 };
  return n === m ? [row, { ...frame, x0: found - 0.5, x1: found + 0.5, y0: -0.5, y1: n - 0.5 }] : [row];
}

/** The figure with the point marked; the same figure where it shows no such point. */
export function marked(figure: Figure, point: Point | null): Figure {
  if (point === null) return figure;
  const marks = figure.data.flatMap((trace) => markOf(trace, point));
  const frames = figure.data.flatMap((trace) => framesOf(trace, point));
  if (marks.length + frames.length === 0) return figure;
  const layout = frames.length ? { ...figure.layout, shapes: [...list(figure.layout?.shapes), ...frames] } : figure.layout;
  return { data: [...figure.data, ...marks], ...(layout ? { layout } : {}) };
}
