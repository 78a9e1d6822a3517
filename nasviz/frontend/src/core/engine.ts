/** What the engine widget gives to the small views of its kernel. */
import type { EditorHandle, EditorOptions } from "./editor";
import type { LayoutOptions } from "./layout";
import type { PictureHandle, PictureOptions } from "./picture";
import type { PlotHandle, PlotOptions } from "./plot";
import type { SelectionBus } from "./selection";
import type { RenderProps } from "./widget";

export interface Engine {
  /** DOT text → SVG text, by Graphviz in a worker with a time limit. */
  layout(dot: string, options?: LayoutOptions): Promise<string>;
  /** A code editor for grammars (CodeMirror 6). */
  createEditor(parent: HTMLElement, options: EditorOptions): EditorHandle;
  /** A DOT picture: laid out, zoomable, linked to the selection of its page. */
  createPicture(parent: HTMLElement, options: PictureOptions): PictureHandle;
  /** Selections and hovers of the page, by architecture key. */
  bus: SelectionBus;
}

export interface PlotEngine {
  /** A plotly figure that follows the theme and the size of its parent. */
  createPlot(parent: HTMLElement, options: PlotOptions): PlotHandle;
}

export async function getEngine(props: RenderProps): Promise<Engine> {
  return (await props.host.getWidget(props.model.get("engine"))).exports as Engine;
}

export async function getPlotEngine(props: RenderProps): Promise<PlotEngine> {
  return (await props.host.getWidget(props.model.get("plot_engine"))).exports as PlotEngine;
}
