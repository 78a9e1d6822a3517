/** Two spaces side by side: how far the draws are, Stop while they go on, and their distributions. */
import { Button, Empty, Failure, Skeleton } from "./core/parts";
import type { Figure } from "./core/plot";
import { Plot } from "./core/plot_part";
import { AsTable } from "./core/plot_table";
import { Progress } from "./core/progress";
import { defineView, useBody, type ViewContext } from "./core/view";
import css from "./comparison.css";

export interface Refusal {
  term: string;
  space: string;
  reason: string;
}

export interface ComparisonBody {
  names: [string, string];
  state: "running" | "done" | "stopped" | "failed";
  progress: number;
  /** how far it is, in words */
  note: string;
  why: string;
  error: string;
  refusals: Refusal[];
  figure: Figure | null;
}

export function Comparison({ channel, plots }: ViewContext) {
  const body = useBody<ComparisonBody>(channel);
  if (!body) return <Skeleton />;
  const running = body.state === "running";
  return (
    <>
      <div class="nv-bar">
        <span class="nv-title nv-pair">
          {body.names[0]} <span class="nv-soft">and</span> {body.names[1]}
        </span>
        <span class="nv-soft" data-tip={body.why} tabIndex={0}>{body.note}</span>
        <span class="nv-space" />
        {running && <Progress value={body.progress} label="Comparison" />}
        {running && <Button onClick={() => channel.command("stop")}>Stop</Button>}
        <span class="nv-state nv-soft" role="status">{body.state}</span>
      </div>
      {body.error && <Failure message={body.error} />}
      {body.figure ? (
        <>
          <Plot plots={plots} figure={body.figure} label={`Distributions of ${body.names.join(" and ")}`} height={520} />
          <div class="nv-under">
            <AsTable figure={body.figure} />
            {body.refusals.length > 0 && <Refusals refusals={body.refusals} />}
          </div>
        </>
      ) : (
        !body.error && <Empty>{running ? "Drawing the first architectures." : "Nothing was drawn before the stop."}</Empty>
      )}
    </>
  );
}

function Refusals({ refusals }: { refusals: Refusal[] }) {
  return (
    <details class="nv-refusals">
      <summary>why some have no value</summary>
      <ul>
        {refusals.map((row, i) => (
          <li key={i}>
            <span class="nv-soft">{row.space}:</span> {row.reason}
            <div class="nv-code nv-refused">{row.term}</div>
          </li>
        ))}
      </ul>
    </details>
  );
}

export default defineView({ name: "comparison", label: "Comparison of two spaces", css, plots: true, component: Comparison });
