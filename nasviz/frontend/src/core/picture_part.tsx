/** A picture by Graphviz as a part of a view, with its states: drawing, drawn, impossible. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Engine } from "./engine";
import { Button } from "./parts";
import type { PictureHandle } from "./picture";
import type { Position } from "./selection";

export interface PictureProps {
  engine: Engine;
  dot: string;
  label: string;
  selected?: Position | null;
  hovered?: Position | null;
  onSelect?: (position: Position) => void;
  onHover?: (position: Position | null) => void;
  maxHeight?: number;
  /** no zoom buttons, for thumbnails */
  bare?: boolean;
}

export function Picture(props: PictureProps) {
  const { engine, dot, label, selected = null, hovered = null, maxHeight, bare } = props;
  const parent = useRef<HTMLDivElement>(null);
  const picture = useRef<PictureHandle | null>(null);
  const handlers = useRef(props);
  handlers.current = props;
  const [fault, setFault] = useState("");
  useEffect(() => {
    const handle = engine.createPicture(parent.current!, {
      label,
      ...(maxHeight ? { maxHeight } : {}),
      ...(bare ? { minHeight: 40 } : {}),
      onSelect: (position) => handlers.current.onSelect?.(position),
      onHover: (position) => handlers.current.onHover?.(position),
    });
    picture.current = handle;
    return () => handle.destroy();
  }, [engine, label, maxHeight]);
  useEffect(() => {
    let live = true;
    picture.current?.show(dot).then(
      () => live && setFault(""),
      (reason: Error) => live && setFault(reason.message),
    );
    return () => {
      live = false;
    };
  }, [engine, dot, label, maxHeight]);
  useEffect(() => picture.current?.mark(selected, hovered), [selected, hovered, dot]);
  return (
    <div class="nv-framed">
      {!bare && !fault && <ZoomButtons zoom={(factor) => picture.current?.zoom(factor)} />}
      {fault && <div class="nv-empty" role="alert">This picture cannot be drawn: {fault} The table shows the same.</div>}
      <div ref={parent} hidden={fault !== ""} />
    </div>
  );
}

const ZoomButtons = ({ zoom }: { zoom: (factor: number) => void }) => (
  <div class="nv-zoom" role="group" aria-label="Zoom">
    <Button icon label="Zoom in" tip="Zoom in (+, or Ctrl and the wheel)" onClick={() => zoom(1.25)}>+</Button>
    <Button icon label="Zoom out" tip="Zoom out (−)" onClick={() => zoom(0.8)}>−</Button>
    <Button icon label="Fit to width" tip="Fit to width (0)" onClick={() => zoom(0)}>⤢</Button>
  </div>
);
