/** A plotly figure as a part of a view: drawn once, then updated in place. */
import { useEffect, useRef } from "preact/hooks";
import type { PlotEngine } from "./engine";
import type { Figure, PlotHandle, PlotOptions } from "./plot";

export interface PlotProps {
  plots: PlotEngine | null;
  figure: Figure;
  label: string;
  height?: number;
  onClick?: PlotOptions["onClick"];
  onHover?: PlotOptions["onHover"];
}

export function Plot({ plots, figure, label, height = 320, onClick, onHover }: PlotProps) {
  const parent = useRef<HTMLDivElement>(null);
  const plot = useRef<PlotHandle | null>(null);
  const handlers = useRef({ onClick, onHover });
  handlers.current = { onClick, onHover };
  useEffect(() => {
    if (!plots || !parent.current) return;
    const handle = plots.createPlot(parent.current, {
      figure,
      label,
      height,
      onClick: (...where) => handlers.current.onClick?.(...where),
      onHover: (...where) => handlers.current.onHover?.(...where),
    });
    plot.current = handle;
    return () => {
      plot.current = null;
      handle.destroy();
    };
  }, [plots, height]);
  useEffect(() => plot.current?.update(figure), [figure]);
  return <div ref={parent} style={{ minHeight: `${height}px` }} />;
}
