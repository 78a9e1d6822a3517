/** What a plot shows, as a table: for screen readers, for copying, for eyes that want numbers. */
import { useState } from "preact/hooks";
import type { Figure } from "./plot";

export interface PlotRow {
  series: string;
  x: string;
  y: string;
  /** ± beside y, or "" */
  spread: string;
}

const LIMIT = 1000;

const written = (value: unknown): string =>
  typeof value === "number" ? String(Number(value.toPrecision(4))) : value === null || value === undefined ? "–" : String(value);

/** Rows of all named traces that have points, in their order; lines that only guide the eye are left out. */
export function rows(figure: Figure): PlotRow[] {
  return figure.data.flatMap((trace) => {
    const [x, y] = [trace.x, trace.y].map((list) => (Array.isArray(list) ? (list as unknown[]) : []));
    if (!trace.name || trace.meta === "guide") return [];
    const bars = (trace.error_y as { array?: unknown[] } | undefined)?.array ?? [];
    return x!.map((value, i) => ({
      series: plain(String(trace.name)),
      x: written(value),
      y: written(y![i]),
      spread: typeof bars[i] === "number" ? written(bars[i]) : "",
    }));
  });
}

/** Text that was escaped for plotly's labels. */
export const plain = (text: string): string =>
  text.replace(/<br>/g, " ").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

const title = (figure: Figure, axis: string): string => {
  const found = (figure.layout?.[axis] as { title?: { text?: string } } | undefined)?.title?.text;
  return found ?? axis[0]!;
};

export function AsTable({ figure }: { figure: Figure }) {
  const [open, setOpen] = useState(false);
  const all = open ? rows(figure) : [];
  const spread = all.some((row) => row.spread);
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
                <th scope="col" class="nv-number">{title(figure, "yaxis")}</th>
                {spread && <th scope="col" class="nv-number">±</th>}
              </tr>
            </thead>
            <tbody>
              {all.slice(0, LIMIT).map((row, i) => (
                <tr key={i}>
                  <td>{row.series}</td>
                  <td class="nv-number">{row.x}</td>
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
