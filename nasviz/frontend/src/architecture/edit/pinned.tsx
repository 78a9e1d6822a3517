/** The row of edits below the term: undo and redo, what can be done at the selection, the pinned architecture; and its difference. */
import { useEffect, useState } from "preact/hooks";
import type { DifferenceBody } from "../../difference";
import { clip } from "../../core/format";
import { Button, CopyButton, Empty } from "../../core/parts";
import { Picture } from "../../core/picture_part";
import { Pieces } from "../../core/pieces";
import type { ArchitectureBody, PartProps } from "../body";

export type Panel = "replace" | "mutations" | "cross" | "difference" | "history";

interface EditBarProps {
  body: ArchitectureBody;
  open: Panel | null;
  setOpen: (panel: Panel | null) => void;
  act: (name: string, more?: object) => void;
}

export function EditBar({ body, open, setOpen, act }: EditBarProps) {
  const toggle = (panel: Panel) => setOpen(open === panel ? null : panel);
  const now = body.history.findIndex(([, , when]) => when === "now");
  const words = (k: number) => body.history[k]?.[1] ?? "";
  return (
    <div class="nv-editbar" role="toolbar" aria-label="Edit">
      <Button pressed={open === "replace"} tip="What may stand at the selected subterm (r)" onClick={() => toggle("replace")}>
        Replace
      </Button>
      <Button pressed={open === "mutations"} tip="What a mutation would give at the selected subterm, or anywhere (M)" onClick={() => toggle("mutations")}>
        Mutations
      </Button>
      <Button pressed={open === "cross"} tip="Exchange a subterm with another architecture (x)" onClick={() => toggle("cross")}>
        Cross over
      </Button>
      <span class="nv-gap" />
      <Button disabled={!body.past} tip={body.past ? `Undo: ${words(now)} (Backspace)` : "Nothing to undo"} onClick={() => act("back")}>
        Undo
      </Button>
      <Button disabled={!body.future} tip={body.future ? `Redo: ${words(now + 1)} (Shift and Backspace)` : "Nothing to redo"} onClick={() => act("forward")}>
        Redo
      </Button>
      {body.history.length > 1 && (
        <Button pressed={open === "history"} tip="The last edits" onClick={() => toggle("history")}>
          History
        </Button>
      )}
      <span class="nv-space" />
      <Pin body={body} open={open} toggle={toggle} act={act} />
    </div>
  );
}

interface PinProps extends Omit<EditBarProps, "setOpen"> {
  toggle: (panel: Panel) => void;
}

function Pin({ body, open, toggle, act }: PinProps) {
  const { pinned } = body;
  if (!pinned) {
    return (
      <Button tip="Keep this architecture to compare and cross over with (p)" onClick={() => act("pin")}>
        Pin
      </Button>
    );
  }
  const same = pinned.key === body.key;
  return (
    <span class="nv-pinned">
      <span class="nv-chip" data-tip={pinned.text} tabIndex={0}>
        pinned: <span class="nv-code">{same ? "this one" : clip(pinned.text, 36)}</span>
      </span>
      <Button pressed={open === "difference"} disabled={same} tip={same ? "This is the pinned one" : "What changed since the pinned one (d)"} onClick={() => toggle("difference")}>
        Difference
      </Button>
      {!same && (
        <Button tip="Pin the shown architecture instead (p)" onClick={() => act("pin")}>
          Pin this
        </Button>
      )}
      <Button icon label="Unpin" tip="Take the pin away" onClick={() => act("pin", { off: true })}>
        ✕
      </Button>
    </span>
  );
}

/** The last edits; a click goes there. */
export const History = ({ body, act, close }: { body: ArchitectureBody; act: EditBarProps["act"]; close: () => void }) => (
  <section class="nv-panel nv-history" aria-label="History">
    <ol>
      {body.history.map(([by, words, when]) => (
        <li key={by}>
          <button type="button" class={`nv-step nv-${when}`} aria-current={when === "now" ? "step" : undefined} disabled={when === "now"} onClick={() => act("step", { by })}>
            {words}
            {when === "now" ? " · shown" : ""}
          </button>
        </li>
      ))}
    </ol>
    <Button onClick={close}>Close</Button>
  </section>
);

/** What changes from the pinned architecture to the shown one; the same data as the view of nv.diff. */
export function PinnedDifference({ context, body, pointing, close }: PartProps & { close: () => void }) {
  const [found, setFound] = useState<DifferenceBody | null>(null);
  useEffect(() => {
    let live = true;
    context.channel.request("difference").then(
      (answer) => live && setFound(answer as unknown as DifferenceBody),
      () => live && close(),
    );
    return () => {
      live = false;
    };
  }, [body.key, body.pinned?.key]);
  return (
    <section class="nv-panel nv-changes" aria-label="Difference to the pinned architecture">
      <div class="nv-panel-title">
        <b>Since the pinned one</b>
        <span class="nv-soft" role="status">
          {found?.summary.join(" · ")}
        </span>
        <span class="nv-space" />
        <span class="nv-signs">
          <del>− went</del> <ins>+ came</ins>
        </span>
        {found && <CopyButton text={() => found.python} tip="Copy the line of Python that makes this difference">Copy as Python</CopyButton>}
        <Button icon label="Close" onClick={close}>
          ✕
        </Button>
      </div>
      {found && (
        <div class="nv-other" role="group" tabIndex={0} aria-label="Both terms as one text">
          <Pieces pieces={found.pieces} />
        </div>
      )}
      {found &&
        (found.dot ? (
          <Picture
            engine={context.engine}
            dot={found.dot}
            label="Pinned and shown graph as one"
            selected={pointing.selected}
            hovered={pointing.hovered}
            onSelect={pointing.select}
            onHover={pointing.hover}
            maxHeight={260}
          />
        ) : (
          <Empty>{found.problem}</Empty>
        ))}
    </section>
  );
}
