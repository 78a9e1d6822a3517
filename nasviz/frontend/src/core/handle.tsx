/** The line at the edge of a pane: dragged or moved by keys it changes the pane's size, and the browser remembers it. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { onSizesForgotten, pageOf, recallSize, rememberSize } from "./memory";

export interface HandleProps {
  /** under which name the size is remembered */
  name: string;
  /** what it changes: "Width of the grammar" */
  label: string;
  axis: "x" | "y";
  /** the pane, seen from the line; it is told its size as --nv-size */
  pane: (line: HTMLElement) => HTMLElement | null | undefined;
  /** who is told the size instead of the pane */
  told?: (line: HTMLElement) => HTMLElement | null | undefined;
}

export const LEAST = 90;
const STEP = 16;
const GREATEST = 4000;

const KEYS: Record<"x" | "y", Record<string, number>> = { x: { ArrowLeft: -1, ArrowRight: 1 }, y: { ArrowUp: -1, ArrowDown: 1 } };

/** The size after a key: a number, null for the pane's own size, or undefined when the key says nothing. */
export function afterKey(key: string, shift: boolean, axis: "x" | "y", size: number, most: number): number | null | undefined {
  const way = KEYS[axis][key];
  if (way !== undefined) return within(size + way * STEP * (shift ? 5 : 1), most);
  if (key === "Home") return LEAST;
  if (key === "End") return most;
  return key === "Enter" ? null : undefined;
}

export const within = (size: number, most: number): number => Math.round(Math.min(Math.max(size, LEAST), Math.max(LEAST, most)));

export function Handle({ name, label, axis, pane, told = pane }: HandleProps) {
  const line = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<number | null>(null);
  const [now, setNow] = useState(0);
  const start = useRef<{ at: number; size: number } | null>(null);
  const measure = (): number => {
    const box = line.current && pane(line.current)?.getBoundingClientRect();
    return box ? Math.round(axis === "x" ? box.width : box.height) : 0;
  };
  const most = (): number => {
    const around = line.current && pane(line.current)?.parentElement;
    return axis === "y" || !around ? GREATEST : around.clientWidth - LEAST;
  };
  const read = () => line.current && setSize(recallSize(pageOf(line.current), name));
  useLayoutEffect(() => {
    read();
    return onSizesForgotten(read);
  }, [name]);
  useLayoutEffect(() => {
    const element = line.current && told(line.current);
    if (!element) return;
    element.style.setProperty("--nv-size", `${size}px`);
    element.toggleAttribute(`data-nv-sized-${axis}`, size !== null);
    return () => element.removeAttribute(`data-nv-sized-${axis}`);
  }, [size]);
  useEffect(() => setNow(size ?? measure()), [size]);
  const keep = (wanted: number | null) => {
    setSize(wanted);
    if (line.current) rememberSize(pageOf(line.current), name, wanted);
  };
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const wanted = afterKey(event.key, event.shiftKey, axis, measure(), most());
    if (wanted === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    keep(wanted);
  };
  const grab = (event: PointerEvent) => {
    if (event.button !== 0 || !line.current) return;
    event.preventDefault();
    line.current.focus();
    line.current.setPointerCapture(event.pointerId);
    start.current = { at: axis === "x" ? event.clientX : event.clientY, size: measure() };
  };
  const drag = (event: PointerEvent) => {
    if (!start.current) return;
    const at = axis === "x" ? event.clientX : event.clientY;
    setSize(within(start.current.size + at - start.current.at, most()));
  };
  const drop = () => {
    if (start.current && size !== null) keep(size);
    start.current = null;
  };
  return (
    <div
      ref={line}
      class={`nv-handle nv-handle-${axis}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={axis === "x" ? "vertical" : "horizontal"}
      aria-valuenow={now}
      aria-valuemin={Math.min(LEAST, now)}
      aria-valuemax={Math.max(GREATEST, now)}
      aria-valuetext={size === null ? "its own size" : `${size} pixels`}
      data-tip={`${label}: drag, or arrow keys (with Shift by more). Enter or a double click gives it its own size.`}
      onFocus={() => setNow(measure())}
      onKeyDown={press}
      onPointerDown={grab}
      onPointerMove={drag}
      onPointerUp={drop}
      onPointerCancel={drop}
      onDblClick={() => keep(null)}
    />
  );
}
