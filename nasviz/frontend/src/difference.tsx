/** What changes between two architectures: one text, one graph, and the steps. */
import { useState } from "preact/hooks";
import { prefixed } from "./core/format";
import { Button, CopyButton, Empty, Skeleton } from "./core/parts";
import { Picture } from "./core/picture_part";
import { type Piece, Pieces } from "./core/pieces";
import { type Position, samePosition } from "./core/selection";
import { positionText } from "./core/term";
import { defineView, type Pointing, useBody, usePointing, type ViewContext } from "./core/view";
import css from "./difference.css";

export interface Place {
  /** "−" goes, "+" comes, "±" replaced, "=" stays at another cost */
  sign: string;
  before: number[] | null;
  after: number[] | null;
  old: string;
  new: string;
  /** before and after; null without a cost of its own */
  parameters: [number, number] | null;
  flops: [number, number] | null;
}

export interface DifferenceBody {
  /** the second architecture: what stays and comes is selected there */
  key: string;
  /** the first one: what goes is selected there */
  old_key: string;
  /** what stays (" "), goes ("-") and comes ("+") */
  pieces: Piece[];
  places: Place[];
  more: number;
  dot: string;
  problem: string;
  /** what was folded, in words */
  note: string;
  summary: string[];
  python: string;
}

/** The selection of the pair: a place in the first architecture or in the second, never in both. */
interface Both {
  now: Pointing;
  old: Pointing;
  select(position: Position): void;
  selectGone(position: Position): void;
}

function useBoth(context: ViewContext, body: DifferenceBody | null): Both {
  const now = usePointing(context, body?.key ?? null);
  const old = usePointing(context, body && body.old_key !== body.key ? body.old_key : null);
  return {
    now,
    old,
    select: (position) => {
      old.select(null);
      now.select(position);
    },
    selectGone: (position) => {
      now.select(null);
      old.select(position);
    },
  };
}

function DifferenceView(context: ViewContext) {
  const body = useBody<DifferenceBody>(context.channel);
  const both = useBoth(context, body);
  const [table, setTable] = useState(false);
  if (!body) return <Skeleton />;
  return (
    <>
      <div class="nv-bar">
        <span class="nv-title">Difference</span>
        <span class="nv-soft" data-tip="Parameters: trainable numbers of the whole network. FLOPs for one input, 2 for a multiply-add." tabIndex={0}>
          {body.summary.join(" · ")}
        </span>
        <span class="nv-space" />
        {body.note && <span class="nv-soft">{body.note}</span>}
        <span class="nv-signs" aria-label="Signs">
          <del>− goes</del> <ins>+ comes</ins>
        </span>
        {body.places.length > 0 && (
          <Button pressed={table} tip="The places that change as a table, with their cost" onClick={() => setTable(!table)}>
            As table
          </Button>
        )}
        <CopyButton text={() => marked(body.pieces)} tip="Copy the text with [-what goes-] and {+what comes+}">Copy text</CopyButton>
        <CopyButton text={() => body.python} tip="Copy the line of Python that makes this difference">Copy as Python</CopyButton>
      </div>
      <div class="nv-merged" tabIndex={0} aria-label="Both terms as one text">
        <Pieces pieces={body.pieces} />
      </div>
      {body.dot ? (
        <Picture
          engine={context.engine}
          dot={body.dot}
          label="Both graphs as one"
          map
          selected={both.now.selected}
          hovered={both.now.hovered}
          onSelect={both.select}
          onHover={both.now.hover}
          gone={{ selected: both.old.selected, onSelect: both.selectGone }}
          fileName={`difference-${body.key}`}
        />
      ) : (
        <Empty>{body.problem}</Empty>
      )}
      <Chosen body={body} both={both} />
      {table && <Places body={body} both={both} />}
    </>
  );
}

/** The text with marks that survive as plain text. */
export const marked = (pieces: readonly Piece[]): string =>
  pieces.map(([sign, text]) => (sign === "-" ? `[-${text}-]` : sign === "+" ? `{+${text}+}` : text)).join("");

/** "+1.2 k", "−3", "0", or "" where nothing is known. */
export function changeText(pair: readonly [number, number] | null): string {
  if (!pair) return "";
  const by = pair[1] - pair[0];
  return by === 0 ? "0" : `${by > 0 ? "+" : "−"}${prefixed(Math.abs(by))}`;
}

/** What a change is, in words. */
export function placeWords(place: Place): string {
  const at = (position: number[] | null) => (position ? ` at ${positionText(position)}` : "");
  if (place.sign === "−") return `${place.old}${at(place.before)} of the first goes`;
  if (place.sign === "+") return `${place.new}${at(place.after)} comes`;
  if (place.sign === "±") return `${place.old} becomes ${place.new}${at(place.after)}`;
  return `${place.new}${at(place.after)} stays and costs something else`;
}

const isHere = (place: Place, { now, old }: Both): boolean =>
  (place.after !== null && samePosition(place.after, now.selected)) || (place.before !== null && samePosition(place.before, old.selected));

/** What is selected, in words, with its change of cost. */
function Chosen({ body, both }: { body: DifferenceBody; both: Both }) {
  const place = body.places.find((one) => isHere(one, both));
  const at = both.now.selected ?? both.old.selected;
  if (!at) return null;
  const cost = place?.parameters && place.flops ? ` · ${changeText(place.parameters)} parameters · ${changeText(place.flops)} FLOPs` : "";
  return (
    <div class="nv-chosen" role="status">
      {place ? placeWords(place) + cost : `${positionText(at)} of the ${both.now.selected ? "second" : "first"} architecture`}
    </div>
  );
}

const Places = ({ body, both }: { body: DifferenceBody; both: Both }) => (
  <div class="nv-scroll nv-steps" tabIndex={0}>
    <table class="nv-table" aria-label="Places that change from the first architecture to the second">
      <thead>
        <tr>
          <th>
            <span class="nv-soft">step</span>
          </th>
          {["before", "at", "after", "at"].map((name, k) => (
            <th key={k}>{name}</th>
          ))}
          <th class="nv-number" data-tip="Parameters before and after, and the change">parameters</th>
          <th class="nv-number" data-tip="FLOPs for one input before and after, and the change; a multiply-add counts as 2.">FLOPs</th>
        </tr>
      </thead>
      <tbody>
        {body.places.map((place, k) => (
          <Row key={k} place={place} both={both} />
        ))}
      </tbody>
    </table>
    {body.more > 0 && <div class="nv-soft nv-empty">{body.more} more places are left out.</div>}
  </div>
);

function Row({ place, both }: { place: Place; both: Both }) {
  const go = () => (place.after ? both.select(place.after) : place.before && both.selectGone(place.before));
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    go();
  };
  return (
    <tr class={isHere(place, both) ? "nv-selected" : ""} tabIndex={place.after || place.before ? 0 : -1} onClick={go} onKeyDown={press} data-tip={placeWords(place)}>
      <td>{place.sign}</td>
      <td>{place.old}</td>
      <td>{place.before ? positionText(place.before) : ""}</td>
      <td>{place.new}</td>
      <td>{place.after ? positionText(place.after) : ""}</td>
      <Cost pair={place.parameters} />
      <Cost pair={place.flops} />
    </tr>
  );
}

const Cost = ({ pair }: { pair: [number, number] | null }) => (
  <td class="nv-number">{pair && (pair[0] === pair[1] ? prefixed(pair[0]) : `${prefixed(pair[0])} → ${prefixed(pair[1])} (${changeText(pair)})`)}</td>
);

export default defineView({ name: "difference", label: "Difference of two architectures", css, component: DifferenceView });
