/** Architectures drawn from the grammar, small; the chosen one with its term. */
import { useState } from "preact/hooks";
import { clip } from "../core/format";
import { Button, CopyButton } from "../core/parts";
import { Picture } from "../core/picture_part";
import type { ViewContext } from "../core/view";
import type { Sample } from "./body";

export interface SamplesProps {
  samples: Sample[];
  problem: string;
  old: boolean;
  context: ViewContext;
}

const LABEL = 120;

export function Samples({ samples, problem, old, context }: SamplesProps) {
  const [chosen, setChosen] = useState<Sample | null>(null);
  const { channel, engine } = context;
  const choose = (sample: Sample) => {
    setChosen(sample);
    channel.selected = { v: 1, architecture: sample.key, position: [] };
    engine.bus.select(sample.key, []);
  };
  return (
    <section class="nv-part" aria-label="Drawn architectures">
      <h4 class="nv-part-head">
        Drawn <span class="nv-soft">by the probabilities of the rules</span>
        <span class="nv-space" />
        <Button tip="Draw others" onClick={() => channel.command("sample")}>
          Draw again
        </Button>
      </h4>
      {problem && <div class="nv-why">{problem}</div>}
      <ul class={`nv-thumbs${old ? " nv-old" : ""}`}>
        {samples.map((sample) => (
          <li key={sample.key}>
            <Thumbnail sample={sample} chosen={chosen?.key === sample.key} context={context} onChoose={() => choose(sample)} />
          </li>
        ))}
      </ul>
      {chosen && (
        <div class="nv-chosen">
          <span class="nv-code" aria-live="polite">{chosen.term}</span>
          <CopyButton text={() => chosen.term} tip="Copy the term">
            Copy
          </CopyButton>
        </div>
      )}
    </section>
  );
}

interface ThumbnailProps {
  sample: Sample;
  chosen: boolean;
  context: ViewContext;
  onChoose: () => void;
}

const Thumbnail = ({ sample, chosen, context, onChoose }: ThumbnailProps) => (
  <button type="button" class="nv-thumb" aria-pressed={chosen} aria-label={clip(sample.term, LABEL)} data-tip={clip(sample.term, 300)} onClick={onChoose}>
    {sample.dot ? (
      <Picture bare engine={context.engine} dot={sample.dot} label={`Graph of ${clip(sample.term, LABEL)}`} maxHeight={88} />
    ) : (
      <span class="nv-none">too large for a thumbnail</span>
    )}
    <span class="nv-thumb-size">{sample.size}</span>
  </button>
);
