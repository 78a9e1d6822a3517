/** A derivation by hand: the term so far, its derivation tree, and the productions of an open place as cards. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Handle } from "./core/handle";
import { Skeleton } from "./core/parts";
import { Picture } from "./core/picture_part";
import type { Position } from "./core/selection";
import { samePosition } from "./core/selection";
import { TermIndex } from "./core/term";
import { defineView, useBody, usePointing, type ViewContext } from "./core/view";
import { Bar, Keys, PinPanel, type Playing, type Shown } from "./stepper/bar";
import { act, apply, firstPossible, following, neighbour, type PartProps, type StepperBody, told } from "./stepper/body";
import { Cards } from "./stepper/cards";
import { PartialText, WayTable } from "./stepper/text";
import css from "./stepper.css";

const BEAT_MS = 900;

function Stepper(context: ViewContext) {
  const body = useBody<StepperBody>(context.channel);
  return body ? <Derivation context={context} body={body} /> : <Skeleton />;
}

function Derivation({ context, body }: { context: ViewContext; body: StepperBody }) {
  const index = useMemo(() => new TermIndex(body.term), [body.term]);
  const pointing = usePointing(context, body.key);
  const [at, setAt] = useState(0);
  const [shown, setShown] = useState<Shown>({ table: false, keys: false, pin: false });
  const playing = usePlaying(context, body);
  const stage = useRef<HTMLDivElement>(null);
  const where = `${body.steps} ${body.place?.join()} ${body.cards.length}`;
  useEffect(() => setAt(firstPossible(body.cards)), [where]);
  const toggle = (what: keyof Shown) => setShown((now) => ({ ...now, [what]: !now[what] }));
  const props: PartProps = { context, body, at: Math.min(at, Math.max(0, body.cards.length - 1)), setAt };
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as Element;
    if (target.closest("input, textarea, select") || (target.closest("button") && ["Enter", " "].includes(event.key))) return;
    if (onKey(event, props, playing, toggle, stage.current)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  const pick = (position: Position) => {
    const open = body.places.some((place) => samePosition(place.position, position));
    if (open) act(context, "choose", { position: [...position] });
    else pointing.select(position);
  };
  return (
    <div onKeyDown={press} ref={stage} class="nv-stage">
      <Bar context={context} body={body} playing={playing} shown={shown} toggle={toggle} />
      {shown.pin && <PinPanel body={body} />}
      <div class="nv-unseen" role="status" aria-live="polite">
        {told(body)}
      </div>
      <PartialText {...props} index={index} />
      <div class="nv-step-columns">
        <div class="nv-step-tree">
          <Picture
            engine={context.engine}
            dot={body.tree.dot}
            label="Derivation so far"
            selected={body.place ?? pointing.selected}
            hovered={pointing.hovered}
            onSelect={pick}
            onHover={pointing.hover}
            map
            maxHeight={460}
            fileName="derivation"
          />
          {body.tree.note && <div class="nv-soft nv-tree-note">{body.tree.note}</div>}
        </div>
        <div class="nv-step-side">
          <Handle name="stepper-tree" label="Width of the derivation" axis="x" pane={(line) => line.parentElement?.previousElementSibling as HTMLElement | null} />
          <Cards {...props} />
        </div>
      </div>
      {shown.table && <WayTable {...props} />}
      {shown.keys && <Keys />}
    </div>
  );
}

/** A beat after each state while it plays; ends when nothing is open or a step is not possible. */
function usePlaying(context: ViewContext, body: StepperBody): Playing {
  const [on, setOn] = useState(false);
  const [speed, setSpeed] = useState(1);
  useEffect(() => {
    if (on && body.done) setOn(false);
    if (!on || body.done) return;
    const beat = () => void context.channel.request("step").catch(() => setOn(false));
    const timer = setTimeout(beat, BEAT_MS / speed);
    return () => clearTimeout(timer);
  }, [on, speed, body.steps, body.done]);
  const set = (to: boolean, faster?: number) => {
    if (faster !== undefined) setSpeed(faster);
    setOn(to && !body.done);
  };
  return { on, speed, set };
}

const ZOOMS: Record<string, string> = { "+": "Zoom in", "=": "Zoom in", "-": "Zoom out", "0": "Fit to width", z: "Zoom to selection" };

function onKey(event: KeyboardEvent, props: PartProps, playing: Playing, toggle: (what: keyof Shown) => void, stage: HTMLElement | null): boolean {
  const { context, body, at, setAt } = props;
  const { key } = event;
  const zoom = ZOOMS[key];
  if (key === "?") toggle("keys");
  else if (key === "p") toggle("pin");
  else if (key === "ArrowDown" || key === "ArrowUp") setAt(following(body.cards, at, key === "ArrowDown" ? 1 : -1));
  else if (key === "Home" || key === "End") setAt(following(body.cards, key === "Home" ? -1 : body.cards.length, key === "Home" ? 1 : -1));
  else if (key === "ArrowLeft" || key === "ArrowRight") {
    const position = neighbour(body.places, body.place, key === "ArrowRight" ? 1 : -1);
    if (position) act(context, "choose", { position });
  } else if (key === "Enter") apply(props, body.cards[at]);
  else if (key === "Backspace") act(context, event.shiftKey ? "redo" : "undo");
  else if (key === " ") playing.set(!playing.on);
  else if (key === "s" && !body.done) act(context, "step");
  else if (key === "c" && !body.done) act(context, "complete");
  else if (zoom) for (const button of stage?.querySelectorAll<HTMLElement>(`[aria-label="${zoom}"]`) ?? []) button.click();
  else return false;
  return true;
}

export default defineView({ name: "stepper", label: "Derivation by hand", css, component: Stepper });
