/** Terms that the grammar must derive, and terms that it must not. */
import { useId, useState } from "preact/hooks";
import { clip } from "../core/format";
import { Button } from "../core/parts";
import type { Verdict } from "./body";

export interface ExamplesProps {
  examples: Verdict[];
  old: boolean;
  onAdd: (term: string, must: boolean) => void;
  onRemove: (term: string) => void;
}

const SIGN = { kept: "✓", broken: "✗", unread: "?", open: "…" } as const;
const COLOUR = { kept: "nv-good", broken: "nv-bad", unread: "nv-bad", open: "nv-soft" } as const;
const WORDS = { kept: "as it must be", broken: "not as it must be", unread: "no term", open: "not known yet" } as const;
const SHOWN = 400;

/** "3 of 4 hold" */
export function summary(examples: readonly Verdict[]): string {
  if (examples.length === 0) return "";
  return `${examples.filter((example) => example.state === "kept").length} of ${examples.length} hold`;
}

export function Examples({ examples, old, onAdd, onRemove }: ExamplesProps) {
  return (
    <section class="nv-part" aria-label="Examples">
      <h4 class="nv-part-head" data-tip="Terms that tell whether the grammar means what you mean; they are looked at after each edit.">
        Examples <span class="nv-soft" role="status">{summary(examples)}</span>
      </h4>
      <ul class={`nv-examples${old ? " nv-old" : ""}`}>
        {examples.map((example) => (
          <Example key={`${example.must} ${example.term}`} example={example} onAdd={onAdd} onRemove={onRemove} />
        ))}
      </ul>
      <NewExample onAdd={onAdd} />
    </section>
  );
}

function Example({ example, onAdd, onRemove }: { example: Verdict } & Pick<ExamplesProps, "onAdd" | "onRemove">) {
  const { term, must, state, why } = example;
  return (
    <li class={`nv-example nv-is-${state}`}>
      <span class={`nv-sign ${COLOUR[state]}`} role="img" aria-label={WORDS[state]}>
        {SIGN[state]}
      </span>
      <button
        type="button"
        class="nv-must"
        aria-label={must ? "must derive; press for must not" : "must not derive; press for must"}
        data-tip="Press to turn it round"
        onClick={() => onAdd(term, !must)}
      >
        {must ? "must" : "must not"}
      </button>
      <span class="nv-code">{clip(term, SHOWN)}</span>
      {state !== "kept" && <span class="nv-why">{why}</span>}
      <Button icon label={`Remove the example ${clip(term, 60)}`} tip="Remove" onClick={() => onRemove(term)}>
        ×
      </Button>
    </li>
  );
}

function NewExample({ onAdd }: Pick<ExamplesProps, "onAdd">) {
  const [term, setTerm] = useState("");
  const id = useId();
  const add = (must: boolean) => {
    if (!term.trim()) return;
    onAdd(term, must);
    setTerm("");
  };
  return (
    <div class="nv-new">
      <label class="nv-hidden" for={id}>
        A term
      </label>
      <input
        id={id}
        class="nv-input nv-code"
        value={term}
        placeholder="a term, e.g. Linear(conv3x3, id)"
        spellcheck={false}
        autocomplete="off"
        onKeyDown={(event) => event.key === "Enter" && add(true)}
        onInput={(event) => setTerm(event.currentTarget.value)}
      />
      <Button disabled={!term.trim()} tip="The grammar must derive this term (Enter)" onClick={() => add(true)}>
        Must derive
      </Button>
      <Button disabled={!term.trim()} tip="The grammar must not derive this term" onClick={() => add(false)}>
        Must not
      </Button>
    </div>
  );
}
