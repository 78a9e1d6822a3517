/** Running the cell of a view again after its kernel was restarted, by the notebook's own button. */

const RUN = ":is([data-jp-item-name='run'], [data-command='notebook:run-cell-and-select-next'])";

/** The function that runs the cell around an element again, or null where there is no cell or no button for it. */
export function rerunner(inside: Element): (() => void) | null {
  const cell = inside.closest(".jp-CodeCell");
  const panel = inside.closest(".jp-NotebookPanel");
  const area = cell?.querySelector(".jp-InputArea-prompt, .jp-InputArea");
  const item = panel?.querySelector(RUN);
  const button = item?.matches("button, jp-button") ? item : item?.querySelector("button, jp-button");
  if (!area || !button) return null;
  return () => {
    press(area);
    press(button);
  };
}

/** The notebook's buttons listen to mousedown or to click, each to one of them. */
function press(target: Element): void {
  for (const kind of ["mousedown", "mouseup", "click"]) target.dispatchEvent(new MouseEvent(kind, { bubbles: true, cancelable: true, button: 0 }));
}
