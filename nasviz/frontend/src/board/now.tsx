/** What goes on now: how far the search is, and the buttons that start, pause and stop it. */
import { useEffect, useState } from "preact/hooks";
import { Button } from "../core/parts";
import { Progress } from "../core/progress";
import type { BoardState, Phase, Send } from "./state";

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

export function Now({ state, send }: { state: BoardState; send: Send }) {
  return (
    <section class="nv-now" aria-label="Now">
      <div class="nv-now-count">
        <span class="nv-trials">{`${state.done}/${state.total}`}</span>
        <span class="nv-soft"> finished</span>
      </div>
      <Progress value={state.total ? state.done / state.total : 0} label="Finished trials" />
      <Facts state={state} send={send} />
      <Controls state={state} send={send} />
    </section>
  );
}

function Facts({ state, send }: { state: BoardState; send: Send }) {
  const elapsed = useTicking(state.seconds, state.ticking);
  return (
    <dl>
      <dt>state</dt>
      <dd>
        <span class="nv-state" role="status">
          {state.phase === "empty" ? "not started" : state.phase}
        </span>
      </dd>
      <dt>elapsed</dt>
      <dd>{clock(elapsed)}</dd>
      <dt>time left</dt>
      <dd>{state.rest}</dd>
      {state.front !== null && (
        <>
          <dt data-tip="Trials that no other trial beats in all objectives">front</dt>
          <dd>{state.front}</dd>
        </>
      )}
      <dt data-tip={state.objective && `Best ${state.objective}`}>best</dt>
      <dd>
        {state.best_trial === null ? (
          "–"
        ) : (
          <button type="button" class="nv-link" data-tip={`Trial ${state.best_trial}: select it (b)`} onClick={() => send("best")}>
            {state.best}
          </button>
        )}
      </dd>
      {state.waiting > 0 && (
        <>
          <dt>queued</dt>
          <dd>{state.waiting}</dd>
        </>
      )}
      {state.failed > 0 && (
        <>
          <dt>failed</dt>
          <dd class="nv-bad" tabIndex={0} data-tip="Trials without a value. Choose a cross of the history, or its row in the table, to read why.">
            ✕ {state.failed}
          </dd>
        </>
      )}
    </dl>
  );
}

function Controls({ state, send }: { state: BoardState; send: Send }) {
  const [typed, setTyped] = useState<string | null>(null);
  const can = offers(state.phase, state.done);
  const total = typed === null ? state.total : readTotal(typed);
  if (can.start && state.cannot) return <div class="nv-soft nv-cannot">{state.cannot}</div>;
  const start = () => {
    setTyped(null);
    send("start", { total });
  };
  return (
    <>
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
          <Button primary disabled={total === null || total <= state.done} onClick={start}>
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
    </>
  );
}
