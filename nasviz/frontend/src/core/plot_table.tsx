/** What a plot shows, as a table: for screen readers, for copying, for eyes that want numbers. */
import { useState } from "preact/hooks";
import type { Figure } from "./plot";

export interface PlotRow {
  series: string;
  /** title of the axis that y is read on */
  quantity: string;
  x: string;
  y: string;
  /** ± beside y, or "" */
  spread: string;
  /** what its colour says, or "" */
  shade: string;
  /** what the point stands for, as a click on it says; null for nothing */
  point: unknown;
  /** whether it is a cell of a heat map, named by both its axes */
  cell: boolean;
}

const LIMIT = 1000;

const written = (value: unknown): string =>
  typeof value === "number" ? String(Number(value.toPrecision(4))) : value === null || value === undefined ? "–" : String(value);

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Rows of all named traces that have points, in their order; lines that only guide the eye are left out. */
export function rows(figure: Figure): PlotRow[] {
  return figure.data.flatMap((trace) => {
    if (!trace.name || trace.meta === "guide" || trace.visible === false) return [];
    return trace.type === "heatmap" ? cells(figure, trace) : points(figure, trace);
  });
}

function points(figure: Figure, trace: Record<string, unknown>): PlotRow[] {
  const [y, customdata] = [list(trace.y), list(trace.customdata)];
  const bars = list((trace.error_y as { array?: unknown } | undefined)?.array);
  const shades = list((trace.marker as { color?: unknown } | undefined)?.color);
  return list(trace.x).map((value, i) => ({
    series: plain(String(trace.name)),
    quantity: title(figure, axisOf(trace, "y")),
    x: written(value),
    y: written(y[i]),
    spread: typeof bars[i] === "number" ? written(bars[i]) : "",
    shade: typeof shades[i] === "number" ? written(shades[i]) : "",
    point: customdata[i] ?? null,
    cell: false,
  }));
}

/** The lower half of a heat map that is symmetric, else all of it, a cell a row. */
function cells(figure: Figure, trace: Record<string, unknown>): PlotRow[] {
  const [x, y, z, customdata] = [list(trace.x), list(trace.y), list(trace.z).map(list), list(trace.customdata)];
  const half = z.length > 1 && z.every((row, i) => row.length === z.length && row.every((value, j) => value === z[j]![i]));
  return z.flatMap((row, i) =>
    row.slice(0, half ? i + 1 : row.length).map((value, j) => ({
      series: plain(String(trace.name)),
      quantity: title(figure, axisOf(trace, "y")),
      x: plain(written(x[j] ?? j)),
      y: plain(written(y[i] ?? i)),
      spread: "",
      shade: written(value),
      point: list(customdata[i])[0] ?? customdata[i] ?? null,
      cell: true,
    })),
  );
}

/** What the colours of a figure say. */
function shadeTitle(figure: Figure): string {
  const bars = figure.data.map((trace) => (trace.colorbar ?? (trace.marker as { colorbar?: unknown } | undefined)?.colorbar) as Titled);
  const axis = (figure.layout?.coloraxis as { colorbar?: Titled } | undefined)?.colorbar;
  return [...bars, axis].find((bar) => bar?.title?.text)?.title?.text ?? "colour";
}

type Titled = { title?: { text?: string } } | undefined;

/** Text that was escaped for plotly's labels. */
export const plain = (text: string): string =>
  text.replace(/<br>/g, " ").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

/** The name in the layout of the axis that a trace is drawn on: "y2" is yaxis2. */
const axisOf = (trace: Record<string, unknown>, letter: "x" | "y"): string =>
  `${letter}axis${String(trace[`${letter}axis`] ?? letter).slice(1)}`;

const title = (figure: Figure, axis: string): string => {
  const found = (figure.layout?.[axis] as { title?: { text?: string } } | undefined)?.title?.text;
  return found ?? axis[0]!;
};

export interface AsTableProps {
  figure: Figure;
  /** what a click on a point does; then its row has a button that does the same */
  onChoose?: (point: unknown) => void;
  /** the point that is selected */
  selected?: unknown;
}

export function AsTable({ figure, onChoose, selected = null }: AsTableProps) {
  const [open, setOpen] = useState(false);
  const all = open ? rows(figure) : [];
  const spread = all.some((row) => row.spread);
  const shade = all.some((row) => row.shade);
  const several = new Set(all.map((row) => row.quantity)).size > 1;
  return (
    <details class="nv-as-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>as table</summary>
      {open && (
        <div class="nv-scroll" tabIndex={0} role="group" aria-label="Table of the plot">
          <table class="nv-table">
            <thead>
              <tr>
                <th scope="col">series</th>
                <th scope="col" class="nv-number">{title(figure, "xaxis")}</th>
                {several && <th scope="col">quantity</th>}
                <th scope="col" class="nv-number">{several ? "value" : (all[0]?.quantity ?? title(figure, "yaxis"))}</th>
                {spread && <th scope="col" class="nv-number">±</th>}
                {shade && <th scope="col" class="nv-number">{plain(shadeTitle(figure))}</th>}
              </tr>
            </thead>
            <tbody>
              {all.slice(0, LIMIT).map((row, i) => (
                <tr key={i} class={selected !== null && row.point === selected ? "nv-selected" : ""} aria-current={selected !== null && row.point === selected ? "true" : undefined}>
                  <td>{onChoose && row.point !== null ? <Point row={row} name={named(row)} onChoose={onChoose} /> : row.series}</td>
                  <td class="nv-number">{row.x}</td>
                  {several && <td>{row.quantity}</td>}
                  <td class="nv-number">{row.y}</td>
                  {spread && <td class="nv-number">{row.spread}</td>}
                  {shade && <td class="nv-number">{row.shade}</td>}
                </tr>
              ))}
            </tbody>
          </table>
          {all.length > LIMIT && <div class="nv-soft">{all.length - LIMIT} more rows are not shown.</div>}
        </div>
      )}
    </details>
  );
}

/** What a row is called: a point that stands for a trial says which one, since no axis need say it. */
export function named({ series, point, cell }: PlotRow): string {
  if (cell || typeof point !== "number") return series;
  return series === "trial" ? `trial ${point}` : `${series}, trial ${point}`;
}

const Point = ({ row, name, onChoose }: { row: PlotRow; name: string; onChoose: (point: unknown) => void }) => (
  <button type="button" class="nv-link" aria-label={`Select ${name} ${row.x}`} onClick={() => onChoose(row.point)}>
    {name}
  </button>
);
