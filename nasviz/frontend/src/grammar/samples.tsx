/** Architectures drawn from the grammar, small; the chosen one with its term. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Engine } from "../core/engine";
import { clip } from "../core/format";
import { Button, CopyButton } from "../core/parts";
import { readSvg } from "../core/svg";
import type { ViewContext } from "../core/view";
import type { Sample } from "./body";

export interface SamplesProps {
  samples: Sample[];
  problem: string;
  old: boolean;
  context: ViewContext;
}

const LABEL = 120;
/** px for one point of Graphviz, at most */
const LARGEST = 1.2;

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
            <Thumbnail sample={sample} chosen={chosen?.key === sample.key} engine={engine} onChoose={() => choose(sample)} />
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
  engine: Engine;
  onChoose: () => void;
}

/** The button lies over the picture, whose letters must not be taken for its name. */
const Thumbnail = ({ sample, chosen, engine, onChoose }: ThumbnailProps) => (
  <div class="nv-thumb nv-over" data-tip={clip(sample.term, 300)}>
    {sample.dot ? <Small engine={engine} dot={sample.dot} /> : <span class="nv-none">{sample.problem}</span>}
    <button type="button" class="nv-thumb-size" aria-pressed={chosen} aria-label={`${sample.size}: ${clip(sample.term, LABEL)}`} onClick={onChoose}>
      {sample.size}
    </button>
  </div>
);

/** A picture without zoom, as small as its frame asks; its button has the accessible name. */
function Small({ engine, dot }: { engine: Engine; dot: string }) {
  const parent = useRef<HTMLSpanElement>(null);
  const [fault, setFault] = useState("");
  useEffect(() => {
    let live = true;
    const draw = (text: string) => {
      if (live) parent.current?.replaceChildren(small(readSvg(text)));
    };
    engine.layout(dot).then(draw).catch((reason: Error) => live && setFault(reason.message));
    return () => {
      live = false;
    };
  }, [engine, dot]);
  return fault ? <span class="nv-none">{clip(fault, LABEL)}</span> : <span class="nv-small nv-picture" aria-hidden="true" ref={parent} />;
}

function small(svg: SVGSVGElement): SVGSVGElement {
  const width = Number(svg.getAttribute("viewBox")?.split(/\s+/)[2] ?? 100);
  for (const name of ["width", "height"]) svg.removeAttribute(name);
  for (const idle of svg.querySelectorAll("title, g.graph > polygon")) idle.remove();
  svg.setAttribute("aria-hidden", "true");
  svg.style.maxWidth = `${Math.round(LARGEST * width)}px`;
  return svg;
}
