/** What a surrogate believes of the architecture: mean, sd and acquisition, credits drawn and as a table, reasons in words. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Load } from "../core/paint";
import { Empty } from "../core/parts";
import type { Position } from "../core/selection";
import { samePosition } from "../core/selection";
import { positionText, type TermIndex } from "../core/term";
import type { ArchitectureBody, Believed, Credits, PartProps } from "./body";
import type { Colour } from "./panes";

const MOST = 300;

/** Credit as the colour of a picture; a node of several places has the sum of theirs. */
export function creditLoad(credits: Credits, index: TermIndex): Load {
  const nodes = (positions: Position[]) => positions.map((position) => index.index(position)).filter((i) => i >= 0);
  const known = (positions: Position[]) => nodes(positions).filter((i) => credits.value[i] !== null);
  return {
    value: (positions) => (known(positions).length ? known(positions).reduce((sum, i) => sum + credits.value[i]!, 0) : null),
    words: () => "",
    verdict: (positions) => {
      const first = known(positions)[0];
      if (first === undefined) return null;
      const kind = credits.verdict[first]!;
      return kind === "none" ? null : { kind, words: credits.words[first]! };
    },
  };
}

/** Mark the operators of the term, and give back what takes the marks away. */
export function markCredits(credits: Credits | null, index: TermIndex, place: (node: number) => HTMLElement | undefined): () => void {
  const marked: HTMLElement[] = [];
  const largest = Math.max(0, ...(credits?.value ?? []).slice(1).map((value) => Math.abs(value ?? 0)));
  for (let node = 0; credits && node < index.length; node++) {
    const element = place(node);
    const kind = credits.verdict[node];
    if (!element || !kind || kind === "none") continue;
    element.classList.add(`nv-${kind}`);
    element.style.setProperty("--nv-share", `${Math.round(100 * Math.min(1, Math.abs(credits.value[node] ?? 0) / (largest || 1)))}%`);
    element.dataset.tip = credits.words[node]!;
    marked.push(element);
  }
  return () => {
    for (const element of marked) {
      element.classList.remove("nv-helps", "nv-hurts", "nv-unsure");
      element.style.removeProperty("--nv-share");
      delete element.dataset.tip;
    }
  };
}

/** The colour is credit as soon as there is any; what a person chooses stays. */
export function useCreditColour(body: ArchitectureBody | null, setColour: (colour: Colour) => void): void {
  const has = Boolean(body?.credit?.credits);
  useEffect(() => {
    if (has) setColour("credit");
  }, [has]);
}

export const CreditScale = () => (
  <span class="nv-scale nv-credit-scale" role="img" aria-label="Plus and blue: helps; minus and orange: hurts; hatched: unsure, less than one standard deviation">
    <b>−</b> hurts <i class="nv-diverging" /> helps <b>+</b>
    <i class="nv-hatched" /> unsure
  </span>
);

export function CreditPane({ context, body, index, pointing }: PartProps) {
  const believed = body.credit!;
  if (believed.trouble) return <Empty>{believed.trouble}</Empty>;
  if (believed.waiting || believed.belief === undefined) return <Empty>Learning from the trials of the study…</Empty>;
  return (
    <div class="nv-believed">
      <Numbers believed={believed} />
      {believed.credits ? <CreditTable credits={believed.credits} index={index} pointing={pointing} /> : <p class="nv-soft">{believed.note}</p>}
      {believed.sentences && believed.sentences.length > 0 && (
        <ul class="nv-why" aria-label="Why">
          {believed.sentences.slice(1).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      <Nearest believed={believed} choose={(trial) => context.channel.command("choose", { trial })} />
    </div>
  );
}

const Numbers = ({ believed }: { believed: Believed }) => (
  <div class="nv-belief" aria-live="polite">
    <span data-tip="Predicted mean and standard deviation of the value, by a Gaussian process that learned from the trials.">
      predicted {believed.about && `${believed.about} `}
      <b>{believed.belief}</b>
    </span>
    <span data-tip="Logarithm of the improvement on the best trial that an evaluation is expected to bring; larger is better.">
      log EI <b>{believed.gain}</b>
    </span>
    {believed.moved && (
      <span class="nv-soft">
        {believed.moved}, log EI {believed.gain_before}
      </span>
    )}
    <span class="nv-soft">from {believed.learned} trials</span>
  </div>
);

function CreditTable({ credits, index, pointing }: { credits: Credits; index: TermIndex; pointing: PartProps["pointing"] }) {
  const box = useRef<HTMLTableSectionElement>(null);
  const nodes = useMemo(() => {
    const counted = credits.verdict.flatMap((verdict, i) => (verdict === "none" ? [] : [i]));
    return counted.sort((a, b) => Math.abs(credits.value[b]!) - Math.abs(credits.value[a]!)).slice(0, MOST);
  }, [credits]);
  const rows = useMemo(() => nodes.map((i) => <CreditRow key={i} i={i} credits={credits} index={index} />), [nodes, index]);
  useEffect(() => {
    [...(box.current?.children ?? [])].forEach((row, k) => {
      row.classList.toggle("nv-selected", pointing.selected !== null && samePosition(index.position(nodes[k]!), pointing.selected));
    });
  }, [pointing.selected, rows]);
  const at = (event: Event) => Number((event.target as Element).closest<HTMLElement>("tr[data-row]")?.dataset.row ?? -1);
  return (
    <>
      <div class="nv-scroll nv-credits" tabIndex={0}>
        <table class="nv-table" aria-label="Credit of each subterm, the largest first">
          <thead>
            <tr>
              <th>position</th>
              <th>subterm</th>
              <th class="nv-number" data-tip={credits.measures.credit}>credit</th>
              <th data-tip="Helps or hurts: by more than one standard deviation; unsure: by less.">verdict</th>
              <th class="nv-number" data-tip={credits.measures.gradient}>gradient</th>
              <th class="nv-number" data-tip={credits.measures.trials}>trials</th>
            </tr>
          </thead>
          <tbody
            ref={box}
            onClick={(event) => at(event) >= 0 && pointing.select(index.position(at(event)))}
            onPointerOver={(event) => pointing.hover(at(event) >= 0 ? index.position(at(event)) : null)}
            onPointerLeave={() => pointing.hover(null)}
          >
            {rows}
          </tbody>
        </table>
      </div>
      <p class="nv-soft nv-credit-note">{credits.note}</p>
    </>
  );
}

const CreditRow = ({ i, credits, index }: { i: number; credits: Credits; index: TermIndex }) => {
  const verdict = credits.verdict[i]!;
  return (
    <tr data-row={i}>
      <td>{positionText(index.position(i))}</td>
      <td class="nv-code nv-credit-term">{index.info.text.slice(index.info.start[i], index.info.stop[i])}</td>
      <td class="nv-number">
        {credits.amount[i]}
      </td>
      <td class={`nv-verdict nv-${verdict}`}>{verdict}</td>
      <td class="nv-number">{credits.gradient[i]}</td>
      <td class="nv-number">{credits.trials[i]}</td>
    </tr>
  );
};

const Nearest = ({ believed, choose }: { believed: Believed; choose: (trial: number) => void }) =>
  believed.nearest && believed.nearest.length > 0 ? (
    <table class="nv-table nv-nearest" aria-label="The most similar trials">
      <thead>
        <tr>
          <th>nearest</th>
          <th class="nv-number" data-tip="Prior correlation of the two values; 1 where the kernel cannot tell them apart.">similarity</th>
          <th class="nv-number">value</th>
          <th data-tip="Where the largest subterms stand that occur in both.">shared parts</th>
        </tr>
      </thead>
      <tbody>
        {believed.nearest.map((near) => (
          <tr key={near.name} data-tip={near.term}>
            <td>
              {typeof near.trial === "number" ? (
                <button type="button" class="nv-link" onClick={() => choose(near.trial!)}>
                  {near.name}
                </button>
              ) : (
                near.name
              )}
            </td>
            <td class="nv-number">{near.similarity}</td>
            <td class="nv-number">{near.value}</td>
            <td>{near.places || "none"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  ) : null;
