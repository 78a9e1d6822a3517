/** Which of several objectives all panes of the board show. */
import { useEffect, useState } from "preact/hooks";
import type { BoardState } from "./state";

export interface ObjectiveProps {
  state: Pick<BoardState, "objective" | "objectives">;
  choose: (objective: string) => void;
}

/** A chooser where there are several; what is chosen shows at once, and what Python says counts. */
export function ObjectiveChooser({ state, choose }: ObjectiveProps) {
  const [pressed, setPressed] = useState<string | null>(null);
  useEffect(() => setPressed(null), [state.objective]);
  if (state.objectives.length < 2) return null;
  return (
    <label class="nv-objective" data-tip="Values, beliefs and credit in all panes are about this objective; the Pareto front compares two.">
      objective{" "}
      <select
        value={pressed ?? state.objective}
        onChange={(event) => {
          setPressed(event.currentTarget.value);
          choose(event.currentTarget.value);
        }}
      >
        {state.objectives.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
