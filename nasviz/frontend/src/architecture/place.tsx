/** What is selected, in words; what the colours mean; the keys; and the items that a screen reader is told. */
import { prefixed, shape } from "../core/format";
import { hueClass } from "../core/hue";
import { KeyList, type KeyRow } from "../core/keys";
import { Button } from "../core/parts";
import { positionText, type TermIndex } from "../core/term";
import type { Pointing, ViewContext } from "../core/view";
import { type ArchitectureBody, isUnder, type PartProps } from "./body";

export function Place({ context, body, index, pointing }: PartProps) {
  const i = pointing.selected ? index.index(pointing.selected) : -1;
  if (i < 0) {
    return (
      <div class="nv-place nv-soft">
        <span>Click a subterm, or move with the arrow keys. Keys: ?</span>
        <span class="nv-space" />
        <Unfold body={body} context={context} />
        <Legend body={body} index={index} context={context} />
      </div>
    );
  }
  const inside = body.rows.filter((row) => row.part === "body" && isUnder(row.position, pointing.selected!));
  const parameters = inside.reduce((sum, row) => sum + row.parameters, 0);
  const own = inside.length === 1 && index.end[i] === i + 1 ? inside[0] : undefined;
  const labels = index.info.labels[i] ?? [];
  return (
    <div class="nv-place" aria-live="polite">
      <b class="nv-code">{index.info.operators[i]}</b>
      <span class="nv-soft">at {positionText(pointing.selected!)}</span>
      {labels.length > 0 && (
        <span class="nv-legend">
          from{" "}
          {labels.map(([name, hue]) => (
            <b key={name} class={`nv-mark ${hueClass(hue)}`}>
              {name}
            </b>
          ))}
        </span>
      )}
      {own && (
        <span>
          {shape(own.shape_in)} → {shape(own.shape_out)}
        </span>
      )}
      {inside.length > 0 && <span>{prefixed(parameters)} parameters</span>}
      <span class="nv-space" />
      {(body.tree || body.graph) && index.length > 1 && <FoldButton body={body} i={i} context={context} pointing={pointing} />}
      <Unfold body={body} context={context} />
      <Legend body={body} index={index} context={context} />
    </div>
  );
}

function FoldButton({ body, i, context, pointing }: { body: ArchitectureBody; i: number; context: ViewContext; pointing: Pointing }) {
  const folded = body.folded.includes(i);
  return (
    <Button
      tip={folded ? "Draw this subterm open (Enter, or a double click)" : "Draw this subterm, or the one around it, as one box (Enter, or a double click)"}
      onClick={() => context.channel.command("fold", { position: [...(pointing.selected ?? [])] })}
    >
      {folded ? "Open" : "Fold"}
    </Button>
  );
}

const Unfold = ({ body, context }: { body: ArchitectureBody; context: ViewContext }) =>
  body.folded.length > 0 ? (
    <Button tip="Draw all open that was folded, as far as there is room" onClick={() => context.channel.command("unfold")}>
      Open all
    </Button>
  ) : null;

/** The nonterminals with their colours; a press folds all that derives from one. */
function Legend({ body, index, context }: Omit<PartProps, "pointing">) {
  const folded = new Set(body.folded);
  const nodes = (name: string) => index.info.labels.flatMap((row, i) => (index.info.arity[i]! > 0 && row.some(([n]) => n === name) ? [i] : []));
  return (
    <span class="nv-legend" role="group" aria-label="Nonterminals">
      {body.legend.map(([name, hue]) => {
        const all = nodes(name);
        const on = all.length > 0 && all.every((i) => folded.has(i));
        return (
          <button
            key={name}
            type="button"
            class={`nv-nonterminal nv-mark ${hueClass(hue)}`}
            aria-pressed={on}
            disabled={all.length === 0}
            data-tip={all.length === 0 ? "Derives single operations here" : `${on ? "Open" : "Fold"} the ${all.length} subterms that derive from ${name}`}
            onClick={() => context.channel.command("fold_name", { nonterminal: name, on: !on })}
          >
            {on ? "▸ " : ""}
            {name}
          </button>
        );
      })}
    </span>
  );
}

export const itemId = (context: ViewContext, i: number) => `nv-item-${context.id}-${i}`;

export const activeItem = (context: ViewContext, index: TermIndex, { selected }: Pointing) =>
  selected && index.index(selected) >= 0 ? { "aria-activedescendant": itemId(context, index.index(selected)) } : {};

/** What a screen reader is told: the way to the selection, its siblings and its operands, as items of a tree. */
export function Unseen({ context, index, body, pointing }: PartProps) {
  const i = pointing.selected ? Math.max(0, index.index(pointing.selected)) : 0;
  const shown = new Set<number>([0, ...index.children(i).slice(0, 50)]);
  for (let k = i; k > 0; k = index.parent[k]!) shown.add(k);
  if (i > 0) for (const k of index.children(index.parent[i]!).slice(0, 50)) shown.add(k);
  return (
    <div class="nv-unseen" role="tree" aria-label="Term">
      {[...shown]
        .sort((a, b) => a - b)
        .map((k) => (
          <div
            key={k}
            id={itemId(context, k)}
            role="treeitem"
            aria-level={index.depth[k]! + 1}
            aria-posinset={index.rank[k]! + 1}
            aria-setsize={k > 0 ? index.info.arity[index.parent[k]!] : 1}
            aria-selected={pointing.selected !== null && k === i}
            {...(index.info.arity[k]! > 0 ? { "aria-expanded": !body.folded.includes(k) } : {})}
          >
            {index.info.operators[k]} at {positionText(index.position(k))}
          </div>
        ))}
    </div>
  );
}

const KEYS: KeyRow[] = [
  ["← → ↑ ↓", "parent, first operand, siblings"],
  ["Enter", "fold the selected subterm, or open it; in a list: take what is looked at"],
  ["r", "replace the selected subterm"],
  ["m", "mutate: draw some subterms anew"],
  ["M", "what a mutation would give at the selection, or anywhere"],
  ["x", "cross over with another architecture"],
  ["Backspace", "undo the last edit"],
  ["Shift Backspace", "redo what was undone"],
  ["p", "pin this architecture; again: take the pin away"],
  ["d", "what changed since the pinned one"],
  ["s", "sample another architecture"],
  ["e", "edit the term as text"],
  ["f", "find an operator or a nonterminal"],
  ["n, N", "the next match, the one before"],
  ["+ − 0", "zoom in, zoom out, fit to width"],
  ["z", "zoom to the selection"],
  ["Esc", "leave a list; clear the selection"],
  ["?", "these keys"],
];

export const Keys = () => <KeyList keys={KEYS} />;
