/** The map of the space: trials, candidates and the architecture that is shown, coloured by what is believed of them. */
import { FigurePart, type FigureProps } from "./figure_pane";
import type { BoardState } from "./state";

const TIP =
  "Each point is an architecture; near points are alike for the kernel (kernel PCA). Rings are trials, the star is the best; " +
  "a click on a small point shows an architecture that was not evaluated.";

export interface MapProps extends Pick<FigureProps, "plots" | "selected" | "onChoose" | "frozen"> {
  state: BoardState;
  setColour: (colour: string) => void;
}

export function MapPane({ state, setColour, ...rest }: MapProps) {
  return (
    <section class="nv-board-pane nv-map-pane" aria-label="Map">
      <div class="nv-tabline">
        <span class="nv-pane-name">Map of the space</span>
        <span class="nv-space" />
        {state.figures.map?.figure && (
          <label class="nv-colour">
            colour{" "}
            <select value={state.open.colour} onChange={(event) => setColour(event.currentTarget.value)}>
              {state.tabs.colour.map(([name, title]) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      <FigurePart {...rest} drawn={state.figures.map} label={`Map of the space: ${state.open.colour} of ${state.value_name}`} tip={TIP} />
    </section>
  );
}
