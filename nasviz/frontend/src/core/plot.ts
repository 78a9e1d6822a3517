/** plotly figures in the colours and the size of the page; at most four redraws a second. */

export interface Figure {
  data: Record<string, unknown>[];
  layout?: Record<string, unknown>;
}

export interface PlotOptions {
  figure: Figure;
  /** accessible name of the plot */
  label: string;
  height?: number;
  /** a point was clicked: number of its trace, of the point, and its customdata */
  onClick?: (trace: number, point: number, customdata: unknown) => void;
  onHover?: (trace: number, point: number, customdata: unknown) => void;
}

export interface PlotHandle {
  update(figure: Figure): void;
  destroy(): void;
}

export interface PlotLibrary {
  react(el: HTMLElement, data: unknown, layout: unknown, config: unknown): Promise<unknown>;
  purge(el: HTMLElement): void;
  Plots: { resize(el: HTMLElement): void };
}

export const REDRAW_MS = 250;
const DRAWN = new Set("scatter bar box heatmap histogram histogram2d histogram2dcontour image pie contour scatterternary violin".split(" "));

/** The trace types of a figure that the bundle cannot draw. */
export const undrawn = (figure: Figure): string[] =>
  [...new Set(figure.data.map((trace) => String(trace.type ?? "scatter")))].filter((type) => !DRAWN.has(type));

/** A layout in the colours that the element inherits. */
export function themed(layout: Record<string, unknown>, colours: { text: string; soft: string; grid: string }): Record<string, unknown> {
  const axis = { gridcolor: colours.grid, linecolor: colours.soft, tickcolor: colours.soft, zerolinecolor: colours.grid };
  const result: Record<string, unknown> = { ...layout, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)" };
  result.font = { ...(layout.font as object | undefined), color: colours.text };
  for (const key of new Set(["xaxis", "yaxis", ...Object.keys(layout)])) {
    if (!/^[xy]axis\d*$/.test(key)) continue;
    const own = (layout[key] ?? {}) as Record<string, unknown>;
    result[key] = { ...axis, ...own, tickfont: { ...(own.tickfont as object | undefined), color: colours.soft } };
  }
  return result;
}

export function createPlot(library: PlotLibrary, parent: HTMLElement, options: PlotOptions): PlotHandle {
  const box = document.createElement("div");
  box.className = "nv-plot";
  // not "img": what is inside, the buttons of plotly, would be hidden from screen readers
  box.setAttribute("role", "figure");
  box.setAttribute("aria-label", options.label);
  box.style.height = `${options.height ?? 320}px`;
  parent.append(box);
  let figure = options.figure;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let drawn = 0;
  let bound = false;
  const config = { displaylogo: false, responsive: false, displayModeBar: "hover", showSendToCloud: false, plotlyServerURL: "", topojsonURL: "" };

  const draw = async () => {
    timer = undefined;
    drawn = performance.now();
    const missing = undrawn(figure);
    if (missing.length) {
      library.purge(box);
      box.textContent = `This plot has traces of type ${missing.join(", ")}; see it with fig.show().`;
      return;
    }
    const style = getComputedStyle(box);
    const colour = (name: string) => style.getPropertyValue(name).trim() || "#808080";
    const layout = themed(figure.layout ?? {}, { text: colour("--nv-fg"), soft: colour("--nv-soft"), grid: colour("--nv-line") });
    await library.react(box, figure.data, { ...layout, autosize: true }, config);
    if (!bound) bind();
    bound = true;
  };

  const bind = () => {
    const on = (box as unknown as { on(name: string, handler: (event: { points?: PlotPoint[] }) => void): void }).on.bind(box);
    const tell = (handler: PlotOptions["onClick"]) => (event: { points?: PlotPoint[] }) => {
      const point = event.points?.[0];
      if (point) handler?.(point.curveNumber, point.pointNumber, point.customdata);
    };
    on("plotly_click", tell(options.onClick));
    on("plotly_hover", tell(options.onHover));
  };

  const soon = () => {
    timer ??= setTimeout(() => void draw(), Math.max(0, drawn + REDRAW_MS - performance.now()));
  };
  const size = new ResizeObserver(() => {
    if (bound && box.clientWidth > 0) library.Plots.resize(box);
  });
  size.observe(box);
  const theme = new MutationObserver(soon);
  theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"] });
  void draw();
  return {
    update(next) {
      figure = next;
      soon();
    },
    destroy() {
      clearTimeout(timer);
      size.disconnect();
      theme.disconnect();
      library.purge(box);
      box.remove();
    },
  };
}

interface PlotPoint {
  curveNumber: number;
  pointNumber: number;
  customdata: unknown;
}
