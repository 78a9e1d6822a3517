/** Which list of edits is open, the keys that open them, and where they stand. */
import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { clip } from "../../core/format";
import type { Pointing, ViewContext } from "../../core/view";
import type { ArchitectureBody, PartProps } from "../body";
import { Cross } from "./cross";
import { Mutations } from "./mutations";
import type { Preview } from "./offers";
import { EditBar, History, type Panel, PinnedDifference } from "./pinned";
import { Replace } from "./replace";

export interface Edits {
  panel: Panel | null;
  open(panel: Panel | null): void;
  preview: Preview | null;
  show(preview: Preview | null): void;
  act(name: string, more?: object): void;
}

export function useEdits(context: ViewContext, body: ArchitectureBody | null, pointing: Pointing, stage: RefObject<HTMLElement | null>): Edits {
  const [panel, setPanel] = useState<Panel | null>(null);
  const [preview, show] = useState<Preview | null>(null);
  // a list belongs to the term that it was made for; difference and history follow the term
  useEffect(() => {
    setPanel((now) => (now === "difference" || now === "history" ? now : null));
    show(null);
  }, [body?.key]);
  const open = (now: Panel | null) => {
    setPanel(now);
    show(null);
    if (now === null) stage.current?.focus();
    if (now === "replace" && !pointing.selected) pointing.select([]);
  };
  return { panel, open, preview, show, act: (name, more = {}) => context.channel.command(name, more as Record<string, unknown>) };
}

const PANELS: Record<string, Panel> = { r: "replace", M: "mutations", x: "cross", d: "difference" };

/** Letters that edit. */
export const EDIT_KEYS = [...Object.keys(PANELS), "p"];

/** Does what a key of editing says; false when it is none, or nothing can be done. */
export function editKey(event: KeyboardEvent, body: ArchitectureBody, { panel, open, act }: Edits): boolean {
  const { key } = event;
  const wanted = PANELS[key];
  if (!body.key) return false;
  if (key === "p") act("pin");
  else if (key === "Backspace" && event.shiftKey && body.future) act("forward");
  else if (key === "Backspace" && !event.shiftKey && body.past) act("back");
  else if (key === "Escape" && panel) open(null);
  else if (wanted === "difference" && (!body.pinned || body.pinned.key === body.key)) return false;
  else if (wanted) open(panel === wanted ? null : wanted);
  else return false;
  return true;
}

export function EditPanels({ edits, ...props }: PartProps & { edits: Edits }) {
  const { body, index } = props;
  const { panel, open, show, act } = edits;
  const list = { ...props, show, close: () => open(null) };
  return (
    <>
      <div class="nv-unseen" role="status" aria-live="polite">
        {body.said && `${body.said}: ${clip(index.info.text, 300)}`}
      </div>
      {(body.parts.includes("term") || body.pinned || panel) && <EditBar body={body} open={panel} setOpen={open} act={act} />}
      {panel === "replace" && <Replace {...list} />}
      {panel === "mutations" && <Mutations {...list} />}
      {panel === "cross" && <Cross {...list} />}
      {panel === "difference" && body.pinned && <PinnedDifference {...list} />}
      {panel === "history" && <History body={body} act={act} close={list.close} />}
    </>
  );
}
