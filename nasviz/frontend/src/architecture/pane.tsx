/** A titled part of the view that can be closed; the browser remembers which ones are. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Handle } from "../core/handle";
import { recall, remember } from "../core/memory";

export interface PaneProps {
  name: string;
  title: string;
  note: string;
  extra?: ComponentChildren;
  children: ComponentChildren;
}

export function Pane({ name, title, note, extra, children }: PaneProps) {
  const [open, setOpen] = useState(() => recall(`pane-${name}`) !== "closed");
  const toggle = () => {
    remember(`pane-${name}`, open ? "closed" : null);
    setOpen(!open);
  };
  return (
    <div class={`nv-pane nv-pane-${name}${open ? "" : " nv-closed"}`}>
      <div class="nv-pane-title">
        <button type="button" class="nv-pane-toggle" aria-expanded={open} onClick={toggle}>
          <span aria-hidden="true">{open ? "▾" : "▸"}</span> {title}
        </button>
        {open && note && <span>{note}</span>}
        {open && extra}
      </div>
      {open && <div class="nv-pane-body">{children}</div>}
      {open && <Handle name={`pane-${name}`} label={`Width of ${title}`} axis="x" pane={(line) => line.parentElement} />}
    </div>
  );
}
