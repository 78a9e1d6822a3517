/** The second engine: plotly.js, shared by all plots of a kernel. */
import Plotly from "plotly.js-cartesian-dist-min";
import type { PlotEngine } from "./core/engine";
import { createPlot, type PlotLibrary } from "./core/plot";

const engine: PlotEngine = {
  createPlot: (parent, options) => createPlot(Plotly as PlotLibrary, parent, options),
};

export default { initialize: () => engine };
