/** Pieces of views that change while one looks: a plot that is updated in place, and a bar of progress. */
import { useEffect, useRef } from "preact/hooks";
import type { PlotEngine } from "./engine";
import type { Figure, PlotHandle } from "./plot";

export interface PlotProps {
  plots: PlotEngine | null;
  figure: Figure;
  label: string;
  height: number;
  onClick?: (trace: number, point: number, customdata: unknown) => void;
}

/** A plotly figure that is drawn once and then updated in place. */
export function Plot({ plots, figure, label, height, onClick }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const handle = useRef<PlotHandle | null>(null);
  const clicked = useRef(onClick);
  clicked.current = onClick;
  useEffect(() => {
    if (!plots || !place.current) return;
    const options = { figure, label, height };
    const made = plots.createPlot(place.current, { ...options, onClick: (...point) => clicked.current?.(...point) });
    handle.current = made;
    return () => {
      handle.current = null;
      made.destroy();
    };
  }, [plots, label, height]);
  useEffect(() => handle.current?.update(figure), [figure]);
  return <div class="nv-plot-place" ref={place} style={{ minHeight: `${height}px` }} />;
}

/** A bar from 0 to 1 that says what it is the progress of. */
export function Progress({ value, label }: { value: number; label: string }) {
  const percent = Math.round(100 * Math.min(1, Math.max(0, value)));
  return (
    <div class="nv-progress" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent}>
      <div style={{ width: `${percent}%` }} />
    </div>
  );
}
