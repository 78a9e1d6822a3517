/** The frame of every view: loading, errors, waiting for the kernel; and the hooks that views are written with. */
import { type ComponentType, render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Channel } from "./channel";
import { addStyle } from "./css";
import { type Engine, getEngine, getPlotEngine, type PlotEngine } from "./engine";
import type { Body } from "./message";
import { Failure, Lost, Skeleton, Waiting } from "./parts";
import { paletteCss } from "./palette";
import { revive } from "./revive";
import { type Position, samePosition } from "./selection";
import { advance } from "./state";
import themeCss from "./theme.css";
import { installTooltips } from "./tooltip";
import type { RenderProps } from "./widget";

export interface ViewContext {
  engine: Engine;
  /** present when the view was defined with plots: true */
  plots: PlotEngine | null;
  channel: Channel;
  signal: AbortSignal;
  /** a word that no other view of the page has, for ids */
  id: string;
}

export interface ViewDefinition {
  /** the stem, also the `view` of its messages */
  name: string;
  /** accessible name of the region */
  label: string;
  css?: string;
  plots?: boolean;
  /** says nothing of a kernel that is busy or gone: it needs none */
  quiet?: boolean;
  component: ComponentType<ViewContext>;
}

export function defineView(view: ViewDefinition): { render(props: RenderProps): Promise<() => void> } {
  return { render: (props) => mount(view, props) };
}

async function mount(view: ViewDefinition, props: RenderProps): Promise<() => void> {
  const root = document.createElement("div");
  root.className = `nasviz nv-${view.name}`;
  root.setAttribute("role", "region");
  root.setAttribute("aria-label", view.label);
  root.dataset.lmSuppressShortcuts = "true";
  props.el.append(root);
  addStyle(root, "theme", `${paletteCss()}\n${themeCss}`);
  if (view.css) addStyle(root, view.name, view.css);
  installTooltips(root, props.signal);
  render(<Skeleton />, root);
  const clear = () => render(null, root);
  try {
    const channel = new Channel(props.model, view.name, props.signal);
    const engine = await getEngine(props);
    const plots = view.plots ? await getPlotEngine(props) : null;
    await revive(props.model);
    if (props.signal.aborted) return clear;
    render(<Frame view={view} context={{ engine, plots, channel, signal: props.signal, id: `${view.name}-${Math.random().toString(36).slice(2, 10)}` }} />, root);
  } catch (reason) {
    const message = "The drawing engine did not start. Run the cell again; after a kernel restart run the notebook from the top.";
    render(<Failure message={message} traceback={String((reason as Error)?.stack ?? reason)} />, root);
  }
  return clear;
}

interface Fault {
  message: string;
  traceback: string;
}

function Frame({ view, context }: { view: ViewDefinition; context: ViewContext }) {
  const { channel } = context;
  const [waiting, setWaiting] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const [lost, setLost] = useState(false);
  useEffect(() => {
    channel.onWaiting = setWaiting;
    channel.onLost = () => setLost(true);
    channel.onRefused = (sentence) => setFault({ message: `A message from the kernel was not understood: ${sentence}.`, traceback: "" });
    const off = channel.on("error", (body) => setFault({ message: String(body.message ?? ""), traceback: String(body.traceback ?? "") }));
    channel.send("ready"); // here, when all listen: effects of the parts come first
    return off;
  }, [channel]);
  const View = view.component;
  return (
    <>
      {fault && <Failure {...fault} onClose={() => setFault(null)} />}
      {view.quiet ? null : lost ? <Lost /> : waiting && <Waiting />}
      <View {...context} />
    </>
  );
}

/** What Python published last, as one value that is replaced when it changes; null before the first. */
export function useBody<T>(channel: Channel): T | null {
  const [body, setBody] = useState<Body | null>(() => channel.state());
  const now = useRef(body);
  useEffect(() => {
    const keep = (next: Body) => {
      now.current = next;
      setBody(next);
    };
    const offState = channel.on("state", keep);
    const offUpdate = channel.on("update", (update) => {
      if (!("changes" in update)) return;
      const next = advance(now.current, update);
      if (next) keep(next);
      else channel.send("ready");
    });
    return () => {
      offState();
      offUpdate();
    };
  }, [channel]);
  return body as T | null;
}

export interface Pointing {
  selected: Position | null;
  hovered: Position | null;
  select(position: Position | null): void;
  hover(position: Position | null): void;
}

/** Selection and hover of one architecture, shared by the page and kept in step with Python's `selection`. */
export function usePointing({ engine, channel }: ViewContext, architecture: string | null): Pointing {
  const { bus } = engine;
  const [selected, setSelected] = useState<Position | null>(null);
  const [hovered, setHovered] = useState<Position | null>(null);
  const last = useRef<Position | null>(null);
  useEffect(() => {
    if (architecture === null) return;
    // the page shows a selection first and tells Python then: a message takes longer than the marks
    let telling: ReturnType<typeof setTimeout> | undefined;
    let told = false; // what Python says is not told back: the echo would overtake what Python says next
    const fromPython = () => {
      if (telling !== undefined) return;
      const value = channel.selected;
      told = true;
      if (value === null && last.current !== null) bus.select(architecture, null);
      if (value?.architecture === architecture) bus.select(architecture, value.position);
      told = false;
    };
    const tell = () => {
      telling = undefined;
      channel.selected = last.current === null ? null : { v: 1, architecture, position: last.current };
    };
    const hear = (position: Position | null, what: "select" | "hover") => {
      if (what === "hover") return setHovered((old) => (samePosition(old, position) ? old : position));
      last.current = position;
      setSelected(position);
      if (!told) telling ??= setTimeout(tell, 0);
    };
    setHovered(null);
    const off = bus.subscribe(architecture, hear);
    last.current = bus.selected(architecture);
    setSelected(last.current);
    fromPython();
    channel.model.on("change:selected", fromPython);
    return () => {
      clearTimeout(telling);
      off();
      channel.model.off("change:selected", fromPython);
    };
  }, [bus, channel, architecture]);
  return {
    selected,
    hovered,
    select: (position) => architecture !== null && bus.select(architecture, position),
    hover: (position) => architecture !== null && bus.hover(architecture, position),
  };
}
