/** The second engine: plotly.js, shared by all plots of a kernel. */
import Plotly from "plotly.js-cartesian-dist-min";
import type { PlotEngine } from "./core/engine";
import { createPlot, type PlotLibrary } from "./core/plot";
import { wholeLibrary } from "./core/whole_plotly";
import type { WidgetModel } from "./core/widget";

function initialize({ model }: { model: WidgetModel }): PlotEngine {
  const whole = wholeLibrary(model);
  return { createPlot: (parent, options) => createPlot(Plotly as PlotLibrary, parent, options, whole) };
}

export default { initialize };
