/** What changes between two architectures: one text, one graph, and the steps. */
import { useState } from "preact/hooks";
import { Button, CopyButton, Empty, Skeleton } from "./core/parts";
import { Picture } from "./core/picture_part";
import { samePosition } from "./core/selection";
import { positionText } from "./core/term";
import { defineView, type Pointing, useBody, usePointing, type ViewContext } from "./core/view";
import css from "./difference.css";

type Edit = [kind: string, old: string, now: string, before: number[] | null, after: number[] | null, words: string];

export interface DifferenceBody {
  /** the second architecture; its positions are selected */
  key: string;
  /** what stays (" "), goes ("-") and comes ("+") */
  pieces: [sign: string, text: string][];
  edits: Edit[];
  more: number;
  dot: string;
  problem: string;
  summary: string[];
  python: string;
}

function DifferenceView(context: ViewContext) {
  const body = useBody<DifferenceBody>(context.channel);
  const pointing = usePointing(context, body?.key ?? null);
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
        <span class="nv-signs" aria-label="Signs">
          <del>− goes</del> <ins>+ comes</ins>
        </span>
        {body.edits.length > 0 && (
          <Button pressed={table} tip="The steps as a table" onClick={() => setTable(!table)}>
            As table
          </Button>
        )}
        <CopyButton text={() => marked(body.pieces)} tip="Copy the text with [-what goes-] and {+what comes+}">Copy text</CopyButton>
        <CopyButton text={() => body.python} tip="Copy the line of Python that makes this difference">Copy as Python</CopyButton>
      </div>
      <div class="nv-merged" tabIndex={0} aria-label="Both terms as one text">
        {body.pieces.map(([sign, text], k) =>
          sign === "-" ? <del key={k}>{text}</del> : sign === "+" ? <ins key={k}>{text}</ins> : <span key={k}>{text}</span>,
        )}
      </div>
      {body.dot ? (
        <Picture
          engine={context.engine}
          dot={body.dot}
          label="Both graphs as one"
          map
          selected={pointing.selected}
          hovered={pointing.hovered}
          onSelect={pointing.select}
          onHover={pointing.hover}
          fileName={`difference-${body.key}`}
        />
      ) : (
        <Empty>{body.problem}</Empty>
      )}
      {table && <Steps body={body} pointing={pointing} />}
    </>
  );
}

/** The text with marks that survive as plain text. */
export const marked = (pieces: readonly [string, string][]): string =>
  pieces.map(([sign, text]) => (sign === "-" ? `[-${text}-]` : sign === "+" ? `{+${text}+}` : text)).join("");

const SIGNS: Record<string, string> = { remove: "−", add: "+", replace: "±" };

const Steps = ({ body, pointing }: { body: DifferenceBody; pointing: Pointing }) => (
  <div class="nv-scroll nv-steps" tabIndex={0}>
    <table class="nv-table" aria-label="Steps from the first architecture to the second">
      <thead>
        <tr>
          {["", "before", "at", "after", "at"].map((name, k) => (
            <th key={k}>{name || <span class="nv-soft">step</span>}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {body.edits.map(([kind, old, now, before, after, words], k) => (
          <tr key={k} class={after && samePosition(after, pointing.selected) ? "nv-selected" : ""} onClick={() => after && pointing.select(after)} data-tip={words}>
            <td>{SIGNS[kind]}</td>
            <td>{old}</td>
            <td>{before ? positionText(before) : ""}</td>
            <td>{now}</td>
            <td>{after ? positionText(after) : ""}</td>
          </tr>
        ))}
      </tbody>
    </table>
    {body.more > 0 && <div class="nv-soft nv-empty">{body.more} more steps are left out.</div>}
  </div>
);

export default defineView({ name: "difference", label: "Difference of two architectures", css, component: DifferenceView });
