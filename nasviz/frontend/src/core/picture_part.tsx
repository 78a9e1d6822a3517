/** A picture by Graphviz as a part of a view, with its states: drawing, drawn, impossible. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Engine } from "./engine";
import type { Load } from "./paint";
import { Button } from "./parts";
import type { PictureHandle } from "./picture";
import { download, fileOf, type Format } from "./save";
import type { Position } from "./selection";

export interface PictureProps {
  engine: Engine;
  dot: string;
  label: string;
  selected?: Position | null;
  hovered?: Position | null;
  /** what goes in a difference: what of it is selected, and what to do when it is clicked */
  gone?: { selected: Position | null; onSelect: (position: Position) => void };
  /** places to be marked as matches of a search */
  found?: readonly Position[];
  onSelect?: (position: Position) => void;
  onHover?: (position: Position | null) => void;
  onOpen?: (position: Position, chain: boolean) => void;
  maxHeight?: number;
  /** no zoom buttons, for thumbnails */
  bare?: boolean;
  /** a map of the whole beside a large picture */
  map?: boolean;
  /** what the colour of the operations says */
  load?: Load | null;
  /** told the largest number of `load` */
  onLoaded?: (most: number) => void;
  /** name of a saved file, without its ending: then there is a button Save */
  fileName?: string;
}

const PATIENT_MS = 60_000;
const NONE: readonly Position[] = [];

export function Picture(props: PictureProps) {
  const { engine, dot, label, selected = null, hovered = null, found = NONE, maxHeight, bare, map, load = null } = props;
  const parent = useRef<HTMLDivElement>(null);
  const picture = useRef<PictureHandle | null>(null);
  const handlers = useRef(props);
  handlers.current = props;
  const [fault, setFault] = useState("");
  const [patience, setPatience] = useState<{ dot: string } | null>(null);
  const [note, setNote] = useState("");
  useEffect(() => {
    const handle = engine.createPicture(parent.current!, {
      label,
      ...(maxHeight ? { maxHeight } : {}),
      ...(bare ? { minHeight: 40 } : {}),
      ...(map ? { map } : {}),
      onSelect: (position) => handlers.current.onSelect?.(position),
      onSelectGone: (position) => handlers.current.gone?.onSelect(position),
      onHover: (position) => handlers.current.onHover?.(position),
      onOpen: (position, chain) => handlers.current.onOpen?.(position, chain),
    });
    picture.current = handle;
    return () => handle.destroy();
  }, [engine, label, maxHeight]);
  const colour = () => {
    const most = picture.current?.paint(handlers.current.load ?? null) ?? 0;
    handlers.current.onLoaded?.(most);
  };
  useEffect(() => {
    let live = true;
    picture.current?.show(dot, patience?.dot === dot ? PATIENT_MS : undefined).then(
      () => {
        if (!live) return;
        setFault("");
        if (handlers.current.load) colour();
      },
      (reason: Error) => live && setFault(reason.message),
    );
    return () => {
      live = false;
    };
  }, [engine, dot, label, maxHeight, patience]);
  useLayoutEffect(() => picture.current?.mark(selected, hovered, found), [selected, hovered, found, dot]);
  const gone = props.gone?.selected ?? null;
  useLayoutEffect(() => picture.current?.markGone(gone), [gone, dot]);
  useEffect(colour, [load]);
  const save = (format: Format) => {
    const saved = picture.current?.saved();
    if (!saved) return;
    setNote("");
    fileOf(saved, dot, format).then(
      ({ file, note }) => {
        download(`${props.fileName}.${format}`, file);
        setNote(note);
      },
      (reason: Error) => setFault(reason.message),
    );
  };
  return (
    <div class="nv-framed">
      {!bare && !fault && (
        <div class="nv-zoom" role="group" aria-label={`Zoom of ${label}`}>
          {props.fileName && <SaveButtons save={save} />}
          <Button icon label="Zoom in" tip="Zoom in (+, or Ctrl and the wheel)" onClick={() => picture.current?.zoom(1.25)}>+</Button>
          <Button icon label="Zoom out" tip="Zoom out (−)" onClick={() => picture.current?.zoom(0.8)}>−</Button>
          <Button icon label="Fit to width" tip="Fit to width (0)" onClick={() => picture.current?.zoom(0)}>⤢</Button>
          {props.onOpen && (
            <Button icon label="Zoom to selection" tip="Zoom to the selection (z)" onClick={() => picture.current?.zoomToSelection()}>◎</Button>
          )}
        </div>
      )}
      {fault && <Undrawn fault={fault} waits={patience?.dot === dot} fold={props.onOpen !== undefined} wait={() => setPatience({ dot })} />}
      {note && <div class="nv-note" role="status">{note}</div>}
      <div ref={parent} hidden={fault !== ""} />
    </div>
  );
}

interface UndrawnProps {
  fault: string;
  /** the longer time was given already */
  waits: boolean;
  fold: boolean;
  wait: () => void;
}

/** Why there is no picture, and what to do. */
function Undrawn({ fault, waits, fold, wait }: UndrawnProps) {
  const slow = fault.startsWith("The layout took longer");
  return (
    <div class="nv-empty" role="alert">
      <div>
        {slow ? fault : `This picture cannot be drawn: ${fault}`} {fold && slow ? "Fold a subterm (select it, then Enter), or look at the table." : "The table shows the same."}
      </div>
      {slow && !waits && (
        <Button tip="Everything else goes on meanwhile" onClick={wait}>
          Try for a minute
        </Button>
      )}
    </div>
  );
}

const FORMATS: [Format, string][] = [
  ["pdf", "Vector drawing with text, for papers"],
  ["svg", "Vector drawing, for papers and the web"],
  ["png", "Image on white, twice the size"],
  ["dot", "Text for Graphviz"],
];

/** One button that opens into the formats. */
function SaveButtons({ save }: { save: (format: Format) => void }) {
  const [open, setOpen] = useState(false);
  const toggle = <Button pressed={open} tip="Save this picture as a file" onClick={() => setOpen(!open)}>Save</Button>;
  if (!open) return toggle;
  return (
    <>
      {FORMATS.map(([format, tip]) => (
        <Button key={format} tip={tip} onClick={() => save(format)}>{format.toUpperCase()}</Button>
      ))}
      {toggle}
    </>
  );
}
