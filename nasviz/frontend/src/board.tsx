/** The search board: progress, what the surrogate believes, a map of the space, what goes on now, the selected trial. */
import { useRef, useState } from "preact/hooks";
import { Detail } from "./board/detail";
import { FigurePane, useTab } from "./board/figure_pane";
import { MapPane } from "./board/map_pane";
import { Keys, onKey } from "./board/keys";
import { Now } from "./board/now";
import { ObjectiveChooser } from "./board/objective";
import { type BoardState, type Point, selectedPoint, type Send } from "./board/state";
import { Failure, Skeleton } from "./core/parts";
import { defineView, useBody, type ViewContext } from "./core/view";
import architectureCss from "./architecture.css";
import css from "./board.css";
import creditCss from "./credit.css";

export type { BoardState } from "./board/state";

export function Board(context: ViewContext) {
  const state = useBody<BoardState>(context.channel);
  return state ? <Panes context={context} state={state} /> : <Skeleton />;
}

function Panes({ context, state }: { context: ViewContext; state: BoardState }) {
  const { channel, plots, id } = context;
  const [keys, setKeys] = useState(false);
  const stage = useRef<HTMLDivElement>(null);
  const send: Send = (name, body = {}) => channel.command(name, body);
  const choose = (point: Point) => {
    if (typeof point === "number") send("choose", { trial: point });
    else send("look", { term: point });
    if (!stage.current?.contains(document.activeElement)) stage.current?.focus({ preventScroll: true });
  };
  const press = (event: KeyboardEvent) => {
    if (!onKey(event, send, () => setKeys(!keys))) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const shared = { plots, frozen: channel.model.get("frozen") === true, selected: selectedPoint(state), onChoose: choose };
  const pane = (name: "progress" | "surrogate") => {
    const tabs = state.tabs[name];
    const [now, onTab] = useTab(name, tabs.map(([tab]) => tab), state.open[name], (tab) => channel.set({ [name]: tab }));
    return { ...shared, id, name, tabs, now, onTab, figures: state.figures };
  };
  return (
    <div class="nv-board-stage" ref={stage} tabIndex={0} role="group" aria-label="Search: j and k step through the trials, b selects the best" onKeyDown={press}>
      <div class="nv-bar">
        <span class="nv-title">{state.name}</span>
        <span class="nv-soft">{state.sentence}</span>
        {state.note && <span role="status">{state.note}</span>}
        <ObjectiveChooser state={state} choose={(objective) => channel.set({ objective })} />
      </div>
      {state.reason && <Failure message={state.reason} traceback={state.traceback} />}
      {keys && <Keys />}
      <div class="nv-board-top">
        <FigurePane {...pane("progress")} label="Progress" about={state.value_name} />
        <Now state={state} send={send} />
      </div>
      <div class="nv-board-middle">
        <FigurePane {...pane("surrogate")} label="Surrogate" about={state.value_name} />
        <MapPane {...shared} state={state} setColour={(colour) => channel.set({ colour })} />
      </div>
      <Detail context={context} state={state} send={send} />
    </div>
  );
}

export default defineView({ name: "board", label: "Search board", css: architectureCss + creditCss + css, plots: true, component: Board });
