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
  /** what the point stands for, as a click on it says; null for nothing */
  point: unknown;
}

const LIMIT = 1000;

const written = (value: unknown): string =>
  typeof value === "number" ? String(Number(value.toPrecision(4))) : value === null || value === undefined ? "–" : String(value);

/** Rows of all named traces that have points, in their order; lines that only guide the eye are left out. */
export function rows(figure: Figure): PlotRow[] {
  return figure.data.flatMap((trace) => {
    const [x, y] = [trace.x, trace.y].map((list) => (Array.isArray(list) ? (list as unknown[]) : []));
    if (!trace.name || trace.meta === "guide") return [];
    const quantity = title(figure, axisOf(trace, "y"));
    const points = Array.isArray(trace.customdata) ? (trace.customdata as unknown[]) : [];
    const bars = (trace.error_y as { array?: unknown[] } | undefined)?.array ?? [];
    return x!.map((value, i) => ({
      series: plain(String(trace.name)),
      quantity,
      x: written(value),
      y: written(y![i]),
      spread: typeof bars[i] === "number" ? written(bars[i]) : "",
      point: points[i] ?? null,
    }));
  });
}

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
}

export function AsTable({ figure, onChoose }: AsTableProps) {
  const [open, setOpen] = useState(false);
  const all = open ? rows(figure) : [];
  const spread = all.some((row) => row.spread);
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
              </tr>
            </thead>
            <tbody>
              {all.slice(0, LIMIT).map((row, i) => (
                <tr key={i}>
                  <td>{onChoose && row.point !== null ? <Point row={row} onChoose={onChoose} /> : row.series}</td>
                  <td class="nv-number">{row.x}</td>
                  {several && <td>{row.quantity}</td>}
                  <td class="nv-number">{row.y}</td>
                  {spread && <td class="nv-number">{row.spread}</td>}
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

const Point = ({ row, onChoose }: { row: PlotRow; onChoose: (point: unknown) => void }) => (
  <button type="button" class="nv-link" aria-label={`Select ${row.series} ${row.x}`} onClick={() => onChoose(row.point)}>
    {row.series}
  </button>
);
