/** Train: device, size and time before it starts; progress, curves and Stop while it runs; the reason when it fails. */
import type { Figure } from "./core/plot";
import { Plot } from "./core/plot_part";
import { Button, Empty, Failure, Skeleton } from "./core/parts";
import { AsTable } from "./core/plot_table";
import { Progress } from "./core/progress";
import { defineView, useBody, type ViewContext } from "./core/view";
import css from "./training.css";

export interface Line {
  key: string;
  term: string;
  facts: string;
  reason: string;
}

export interface JobInfo {
  id: string;
  label: string;
  phase: "waiting" | "starting" | "running" | "done" | "failed" | "stopped";
  progress: number;
  detail: string;
  clock: string;
  reason: string;
  traceback: string;
}

export interface TrainingState {
  /** "cpu · 78 k parameters · about 40 s", or what is missing */
  facts: string;
  why: string;
  can_train: boolean;
  /** jobs that were started elsewhere: there is nothing to train from here */
  watching: boolean;
  lines: Line[];
  jobs: JobInfo[];
  figure: Figure | null;
}

const ENDED = new Set(["done", "failed", "stopped"]);
export const isLive = (job: JobInfo): boolean => !ENDED.has(job.phase);

/** What the head of the view says about all trainings together. */
export function overall(jobs: readonly JobInfo[]): JobInfo["phase"] | "" {
  const order: JobInfo["phase"][] = ["running", "starting", "waiting", "failed", "stopped", "done"];
  return order.find((phase) => jobs.some((job) => job.phase === phase)) ?? "";
}

function JobRow({ job, stop }: { job: JobInfo; stop: () => void }) {
  return (
    <li class={`nv-job nv-${job.phase}`}>
      <div class="nv-job-line">
        <span class="nv-mark" aria-hidden="true">{MARKS[job.phase]}</span>
        <span class="nv-code nv-job-term" title={job.label}>{job.label}</span>
        <span class="nv-job-phase">{job.phase}</span>
        <Progress value={job.progress} label={`Training ${job.label}`} />
        <span class="nv-job-detail">{job.detail}</span>
        <span class="nv-soft nv-clock">{job.clock}</span>
        {isLive(job) && <Button onClick={stop} label={`Stop training ${job.label}`}>Stop</Button>}
      </div>
      {job.phase === "failed" && <Failure message={job.reason} traceback={job.traceback} />}
    </li>
  );
}

const MARKS: Record<JobInfo["phase"], string> = {
  waiting: "○",
  starting: "○",
  running: "▶",
  done: "✓",
  failed: "✕",
  stopped: "■",
};

export function Training({ channel, plots }: ViewContext) {
  const state = useBody<TrainingState>(channel);
  if (!state) return <Skeleton />;
  const live = state.jobs.filter(isLive);
  const phase = overall(state.jobs);
  const wrong = state.lines.filter((line) => line.reason);
  return (
    <>
      <div class="nv-bar">
        {live.length === 0 && state.watching ? (
          <span class="nv-title">Training</span>
        ) : live.length === 0 ? (
          <Button primary onClick={() => channel.command("train")} disabled={!state.can_train}>
            {state.jobs.length ? "Train again" : "Train"}
          </Button>
        ) : (
          <Button onClick={() => channel.command("stop")}>{live.length > 1 ? "Stop all" : "Stop"}</Button>
        )}
        <span class="nv-facts" data-tip={state.why} tabIndex={0}>{state.facts}</span>
        <span class="nv-space" />
        <span class="nv-state nv-soft" role="status">{phase}</span>
      </div>
      {wrong.map((line) => (
        <Failure key={line.key} message={`${line.term}: ${line.reason}`} />
      ))}
      {state.lines.length > 1 && state.jobs.length === 0 && <Lines lines={state.lines} />}
      {state.jobs.length > 0 && (
        <ul class="nv-jobs" aria-label="Trainings">
          {state.jobs.map((job) => (
            <JobRow key={job.id} job={job} stop={() => channel.command("stop", { job: job.id })} />
          ))}
        </ul>
      )}
      {state.figure ? (
        <>
          <Plot plots={plots} figure={state.figure} label="Loss and accuracy by epoch" height={260} />
          <div class="nv-under">
            <AsTable figure={state.figure} />
          </div>
        </>
      ) : (
        state.lines.length === 0 && <Empty>Nothing to train yet: tick an architecture.</Empty>
      )}
    </>
  );
}

function Lines({ lines }: { lines: Line[] }) {
  return (
    <details class="nv-lines">
      <summary>{lines.length} architectures</summary>
      <ul>
        {lines.map((line) => (
          <li key={line.key}>
            <span class="nv-code nv-job-term" title={line.term}>{line.term}</span> <span class="nv-soft">{line.facts}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

export default defineView({ name: "training", label: "Training", css, plots: true, component: Training });
