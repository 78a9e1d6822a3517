/** The selected trial, or the architecture that is shown: term and graph with credit, belief, reasons, nearest trials. */
import { useMemo, useRef, useState } from "preact/hooks";
import { type Colour, Panes } from "../architecture/panes";
import { useCreditColour } from "../architecture/credit";
import { activeItem, Place } from "../architecture/place";
import { TermText } from "../architecture/term_text";
import { Button, CopyButton } from "../core/parts";
import { TermIndex } from "../core/term";
import { type Pointing, usePointing, type ViewContext } from "../core/view";
import type { BoardState, Chosen, Detail as Shown, Send } from "./state";

const HINT = "Click a point, or its row in a table, to see its architecture; j and k step through the trials, b is the best. Keys: ?";
const EMPTY = "Trials appear above as they are evaluated; the one that you click is shown here.";

export interface DetailProps {
  context: ViewContext;
  state: BoardState;
  send: Send;
}

export function Detail({ context, state, send }: DetailProps) {
  const { chosen, detail } = state;
  const [editing, setEditing] = useState(false);
  if (!chosen && !detail) return <div class="nv-trial nv-soft">{state.blind || (state.done ? HINT : EMPTY)}</div>;
  const term = chosen?.term ?? detail?.body.term?.text ?? "";
  return (
    <section class="nv-trial" aria-label={chosen ? `Trial ${chosen.trial}` : "Architecture that is shown"}>
      <div class="nv-trial-line">
        <div class="nv-facts">
          {chosen ? <TrialFacts chosen={chosen} valueName={state.value_name} /> : <span class="nv-title">Not evaluated</span>}
          {detail && <Belief detail={detail} />}
        </div>
        <div class="nv-trial-buttons">
          {detail && (
            <Button pressed={editing} tip="Change the term, and see what the surrogate believes then" onClick={() => setEditing(!editing)}>
              What if
            </Button>
          )}
          {!chosen && detail?.in_space && (
            <Button primary tip="Evaluate this architecture next" onClick={() => send("enqueue")}>
              Enqueue
            </Button>
          )}
          <CopyButton text={() => term}>Copy term</CopyButton>
        </div>
      </div>
      {chosen?.reason && <div class={chosen.state === "failed" ? "nv-bad nv-trial-reason" : "nv-soft nv-trial-reason"}>{chosen.state === "failed" && "✕ "}{chosen.reason}</div>}
      {detail ? (
        <Architecture context={context} detail={detail} editing={editing} close={() => setEditing(false)} />
      ) : (
        <>
          <div class="nv-code nv-trial-term">{term}</div>
          <div class="nv-soft">{state.blind}</div>
        </>
      )}
    </section>
  );
}

function TrialFacts({ chosen, valueName }: { chosen: Chosen; valueName: string }) {
  return (
    <>
      <span class="nv-title">Trial {chosen.trial}</span>
      {chosen.baseline && <span class="nv-soft">baseline {chosen.baseline}</span>}
      <span>
        {valueName} <b>{chosen.value || chosen.state}</b>
      </span>
      {chosen.metrics.filter(([name]) => name !== valueName).map(([name, value]) => (
        <span key={name}>
          {name} {value}
        </span>
      ))}
      {chosen.believed && (
        <span class="nv-soft" data-tip="What the surrogate believed when it proposed this architecture: mean ± standard deviation." tabIndex={0}>
          believed then {chosen.believed}
        </span>
      )}
      <span class="nv-soft">{chosen.proposed_by}</span>
      {chosen.seconds && <span class="nv-soft">{[chosen.seconds, chosen.device].filter(Boolean).join(" · ")}</span>}
    </>
  );
}

const Belief = ({ detail }: { detail: Shown }) =>
  detail.numbers && (
    <span class="nv-shown" tabIndex={0} aria-live="polite" data-tip="What the surrogate believes of the architecture shown: mean ± standard deviation, and the logarithm of the improvement that is expected of it.">
      ◆ now {detail.numbers.mean_sd}
      {detail.numbers.gain && ` · log EI ${detail.numbers.gain}`}
    </span>
  );

interface ArchitectureProps {
  context: ViewContext;
  detail: Shown;
  editing: boolean;
  close: () => void;
}

/** Nothing is marked while the whole is selected. */
const within = (pointing: Pointing): Pointing => (pointing.selected?.length === 0 ? { ...pointing, selected: null } : pointing);

function Architecture({ context, detail, editing, close }: ArchitectureProps) {
  const { body } = detail;
  const pointing = within(usePointing(context, body.key));
  const index = useMemo(() => (body.term ? new TermIndex(body.term) : null), [body.term]);
  const [colour, setColour] = useState<Colour>("nonterminal");
  const stage = useRef<HTMLDivElement>(null);
  useCreditColour(body, setColour);
  if (!index) return null;
  const props = { context, body, index, pointing };
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target as Element).closest("input, textarea, select, button")) return;
    if (event.key === "Enter" && pointing.selected) context.channel.command("fold", { position: [...pointing.selected] });
    else if (event.key === "Escape" && pointing.selected) pointing.select(null);
    else if (event.key.startsWith("Arrow")) {
      const from = pointing.selected ? index.index(pointing.selected) : -1;
      pointing.select(index.position(from < 0 ? Math.min(1, index.length - 1) : index.move(from, event.key)));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="nv-stage nv-detail" ref={stage} tabIndex={0} role="group" aria-label="Architecture: arrow keys move" onKeyDown={press} {...activeItem(context, index, pointing)}>
      <TermText {...props} credits={colour === "credit" ? (body.credit?.credits ?? null) : null} preview={null} editing={editing} close={() => { close(); stage.current?.focus(); }} />
      {body.problem && <div class="nv-note nv-failed">Cannot be built: {body.problem.message}</div>}
      <Panes {...props} colour={colour} setColour={setColour} />
      <Place {...props} />
    </div>
  );
}
