/** The search board: progress with incumbent and baseline, what the surrogate believes, what goes on now, the selected trial. */
import { useEffect, useState } from "preact/hooks";
import type { Figure } from "./core/plot";
import { Plot } from "./core/plot_part";
import { Button, CopyButton, Failure, Skeleton } from "./core/parts";
import { AsTable } from "./core/plot_table";
import { Progress } from "./core/progress";
import { defineView, useBody, type ViewContext } from "./core/view";
import css from "./board.css";

export type Phase = "empty" | "running" | "paused" | "stopping" | "stopped" | "done" | "failed";

export interface Chosen {
  trial: number;
  state: string;
  value: string;
  believed: string;
  proposed_by: string;
  term: string;
  reason: string;
}

export interface BoardState {
  name: string;
  phase: Phase;
  sentence: string;
  note: string;
  done: number;
  total: number;
  failed: number;
  /** how long it has run; the page counts on while `ticking` */
  seconds: number;
  ticking: boolean;
  rest: string;
  best: string;
  best_trial: number | null;
  value_name: string;
  reason: string;
  traceback: string;
  history: Figure;
  surrogate: Figure;
  belief: string;
  /** mean ± sd of the architecture shown, or "" */
  shown: string;
  why: string;
  chosen: Chosen | null;
}

/** Which buttons a phase offers. */
export function offers(phase: Phase, done: number): { start: string; pause: boolean; resume: boolean; stop: boolean } {
  const live = phase === "running" || phase === "paused" || phase === "stopping";
  return {
    start: live ? "" : done === 0 ? "Start" : "Go on",
    pause: phase === "running",
    resume: phase === "paused",
    stop: phase === "running" || phase === "paused",
  };
}

/** A duration as a clock: 0:07, 12:05, 1:00:03. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60;
  return whole < 3600 ? `${minutes}:${two(whole % 60)}` : `${Math.floor(whole / 3600)}:${two(minutes)}:${two(whole % 60)}`;
}

/** Seconds that go on by themselves between two messages. */
function useTicking(seconds: number, ticking: boolean): number {
  const [extra, setExtra] = useState(0);
  useEffect(() => {
    setExtra(0);
    if (!ticking) return;
    const began = performance.now();
    const timer = setInterval(() => setExtra((performance.now() - began) / 1000), 500);
    return () => clearInterval(timer);
  }, [seconds, ticking]);
  return seconds + extra;
}

/** A budget that a person typed, or null when it is none. */
export function readTotal(text: string): number | null {
  const value = Number(text);
  return /^\s*\d{1,6}\s*$/.test(text) && value >= 1 ? value : null;
}

function Now({ state, send }: { state: BoardState; send: (name: string, body?: Record<string, unknown>) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const elapsed = useTicking(state.seconds, state.ticking);
  const can = offers(state.phase, state.done);
  const total = typed === null ? state.total : readTotal(typed);
  return (
    <section class="nv-now" aria-label="Now">
      <div class="nv-now-count">
        <span class="nv-trials">{`${state.done}/${state.total}`}</span>
        <span class="nv-soft"> finished</span>
      </div>
      <Progress value={state.total ? state.done / state.total : 0} label="Finished trials" />
      <dl>
        <dt>state</dt>
        <dd>
          <span class="nv-state" role="status">{state.phase === "empty" ? "not started" : state.phase}</span>
        </dd>
        <dt>elapsed</dt>
        <dd>{clock(elapsed)}</dd>
        <dt>rest</dt>
        <dd>{state.rest}</dd>
        <dt>best</dt>
        <dd>
          {state.best_trial === null ? (
            "–"
          ) : (
            <button type="button" class="nv-link" onClick={() => send("choose", { trial: state.best_trial })}>
              {state.best}
            </button>
          )}
        </dd>
        {state.failed > 0 && (
          <>
            <dt>failed</dt>
            <dd class="nv-bad">✕ {state.failed}</dd>
          </>
        )}
      </dl>
      {can.start && (
        <label class="nv-budget">
          up to{" "}
          <input
            type="number"
            min={1}
            max={999999}
            value={typed ?? String(state.total)}
            aria-invalid={total === null}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />{" "}
          trials
        </label>
      )}
      <div class="nv-buttons">
        {can.start && (
          <Button
            primary
            disabled={total === null || total <= state.done}
            onClick={() => {
              setTyped(null);
              send("start", { total });
            }}
          >
            {can.start}
          </Button>
        )}
        {can.pause && <Button onClick={() => send("pause")}>Pause</Button>}
        {can.resume && <Button primary onClick={() => send("resume")}>Resume</Button>}
        {can.stop && <Button onClick={() => send("stop")}>Stop</Button>}
      </div>
      {can.start && total !== null && total <= state.done && state.done > 0 && (
        <div class="nv-soft">{state.done} trials are finished: ask for more to go on.</div>
      )}
    </section>
  );
}

function Trial({ chosen, valueName }: { chosen: Chosen; valueName: string }) {
  return (
    <section class="nv-trial" aria-label={`Trial ${chosen.trial}`}>
      <div class="nv-trial-line">
        <span class="nv-title">Trial {chosen.trial}</span>
        <span>
          {valueName} {chosen.value || chosen.state}
        </span>
        {chosen.believed && (
          <span class="nv-soft" data-tip="What the surrogate believed when it proposed this architecture: mean ± standard deviation." tabIndex={0}>
            believed {chosen.believed}
          </span>
        )}
        <span class="nv-soft">{chosen.proposed_by}</span>
        <span class="nv-space" />
        <CopyButton text={() => chosen.term}>Copy term</CopyButton>
      </div>
      <div class="nv-code nv-trial-term">{chosen.term}</div>
      {chosen.reason && <div class="nv-bad">✕ {chosen.reason}</div>}
    </section>
  );
}

export function Board({ channel, plots }: ViewContext) {
  const state = useBody<BoardState>(channel);
  if (!state) return <Skeleton />;
  const send = (name: string, body: Record<string, unknown> = {}) => channel.command(name, body);
  const select = (trial: unknown) => {
    if (typeof trial === "number") send("choose", { trial });
  };
  const choose = (_trace: number, _point: number, trial: unknown) => select(trial);
  return (
    <>
      <div class="nv-bar">
        <span class="nv-title">{state.name}</span>
        <span class="nv-soft">{state.sentence}</span>
        {state.note && <span role="status">{state.note}</span>}
      </div>
      {state.reason && <Failure message={state.reason} traceback={state.traceback} />}
      <div class="nv-board-panes">
        <section class="nv-pane nv-progress-pane" aria-label="Progress">
          <div class="nv-pane-title">progress</div>
          <Plot plots={plots} figure={state.history} label={`${state.value_name} by finished trials, best so far, and baseline`} height={300} onClick={choose} />
          <div class="nv-under">
            <AsTable figure={state.history} onChoose={select} />
          </div>
        </section>
        <section class="nv-pane nv-surrogate-pane" aria-label="Surrogate">
          <div class="nv-pane-title">
            surrogate{" "}
            <span class="nv-soft" data-tip={state.why} tabIndex={0}>
              {state.belief}
            </span>

          </div>
          <Plot plots={plots} figure={state.surrogate} label={`Predicted against observed ${state.value_name}`} height={300} onClick={choose} />
          <div class="nv-under">
            {state.shown && (
              <span class="nv-shown" tabIndex={0} data-tip="What the surrogate believes of the architecture shown: mean ± standard deviation.">
                ◆ this architecture {state.shown}
              </span>
            )}
            <AsTable figure={state.surrogate} onChoose={select} />
          </div>
        </section>
        <Now state={state} send={send} />
      </div>
      {state.chosen ? (
        <Trial chosen={state.chosen} valueName={state.value_name} />
      ) : (
        <div class="nv-trial nv-soft">Click a point, or its row in a table, to see its architecture.</div>
      )}
    </>
  );
}

export default defineView({ name: "board", label: "Search board", css, plots: true, component: Board });
