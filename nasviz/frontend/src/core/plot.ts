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

/** plotly.js with all its traces, when somebody needs them. */
export type WholeLibrary = () => Promise<PlotLibrary>;

export const REDRAW_MS = 250;
const DRAWN = new Set("scatter bar box heatmap histogram histogram2d histogram2dcontour image pie contour scatterternary violin".split(" "));

/** `meta` of a trace, and `name` of a shape, that marks what is selected: it is drawn in the accent of the page. */
export const MARK = "mark";

/** The trace types of a figure that the bundle cannot draw. */
export const undrawn = (figure: Figure): string[] =>
  [...new Set(figure.data.map((trace) => String(trace.type ?? "scatter")))].filter((type) => !DRAWN.has(type));

/** The traces, those that mark what is selected in a colour. */
export function accented(data: Figure["data"], accent: string): Figure["data"] {
  const line = (value: unknown) => ({ ...(value as object | undefined), color: accent });
  return data.map((trace) => {
    if (trace.meta !== MARK) return trace;
    const marker = trace.marker as { line?: object } | undefined;
    return { ...trace, ...(marker ? { marker: { ...(trace.type === "bar" ? {} : { color: accent }), ...marker, line: line(marker.line) } } : { line: line(trace.line) }) };
  });
}

/** A layout in the colours that the element inherits. */
export function themed(
  layout: Record<string, unknown>,
  colours: { text: string; soft: string; grid: string; accent?: string },
): Record<string, unknown> {
  const axis = { gridcolor: colours.grid, linecolor: colours.soft, tickcolor: colours.soft, zerolinecolor: colours.grid };
  const result: Record<string, unknown> = { ...layout, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)" };
  for (const key of ["width", "height"]) delete result[key]; // the box says the size
  if (Array.isArray(layout.shapes)) {
    const shapes = layout.shapes as { name?: string; line?: object }[];
    result.shapes = shapes.map((shape) => (shape.name === MARK ? { ...shape, line: { ...shape.line, color: colours.accent } } : shape));
  }
  result.font = { ...(layout.font as object | undefined), color: colours.text };
  for (const key of new Set(["xaxis", "yaxis", ...Object.keys(layout)])) {
    if (!/^[xy]axis\d*$/.test(key)) continue;
    const own = (layout[key] ?? {}) as Record<string, unknown>;
    result[key] = { ...axis, ...own, tickfont: { ...(own.tickfont as object | undefined), color: colours.soft } };
  }
  return result;
}

export function createPlot(library: PlotLibrary, parent: HTMLElement, options: PlotOptions, whole?: WholeLibrary): PlotHandle {
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
  let gone = false;
  let used: PlotLibrary | null = null;
  const config = { displaylogo: false, responsive: false, displayModeBar: "hover", showSendToCloud: false, plotlyServerURL: "", topojsonURL: "" };

  const say = (words: string) => {
    used?.purge(box);
    used = null;
    bound = false;
    box.textContent = words;
  };

  /** The bundle; where it lacks a trace of the figure, plotly's own library with all of them. */
  const libraryFor = async (): Promise<PlotLibrary | null> => {
    const missing = undrawn(figure);
    if (missing.length === 0 || (used !== null && used !== library)) return used ?? library;
    const types = missing.join(", ");
    if (!whole) return say(`This plot has traces of type ${types}; see it with fig.show().`), null;
    say(`Loading what draws traces of type ${types} …`);
    try {
      return await whole();
    } catch (reason) {
      if (!gone) say(`This plot has traces of type ${types}, which are not drawn here: ${(reason as Error).message}. See it with fig.show().`);
      return null;
    }
  };

  const draw = async () => {
    timer = undefined;
    drawn = performance.now();
    const found = await libraryFor();
    if (!found || gone) return;
    if (!used) box.textContent = "";
    used = found;
    const style = getComputedStyle(box);
    const colour = (name: string) => style.getPropertyValue(name).trim() || "#808080";
    const accent = colour("--nv-accent");
    const layout = themed(figure.layout ?? {}, { text: colour("--nv-fg"), soft: colour("--nv-soft"), grid: colour("--nv-line"), accent });
    // without a revision plotly forgets at each update how far a person has zoomed
    await used.react(box, accented(figure.data, accent), { uirevision: "kept", ...layout, autosize: true }, config);
    if (!bound && !gone) bind();
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
    if (bound && box.clientWidth > 0) used?.Plots.resize(box);
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
      gone = true;
      clearTimeout(timer);
      size.disconnect();
      theme.disconnect();
      used?.purge(box);
      box.remove();
    },
  };
}

interface PlotPoint {
  curveNumber: number;
  pointNumber: number;
  customdata: unknown;
}
