/** The keys of the editor, listed. */
import { KeyList, type KeyRow } from "../core/keys";

const MAC = typeof navigator !== "undefined" && /Mac/.test(navigator.platform);
export const MOD = MAC ? "⌘" : "Ctrl";

const KEYS: KeyRow[] = [
  [`${MOD}-Space`, "complete"],
  ["F1", "what the name at the cursor means"],
  [`F12, ${MOD}-click`, "go to the definition"],
  ["F2", "rename the nonterminal everywhere"],
  ["F8, Shift-F8", "next, previous finding"],
  [`${MOD}-.`, "repair the finding at the cursor"],
  ["Shift-Alt-F", "format"],
  [`${MOD}-S`, "accept; a file is saved"],
  [`${MOD}-Z, ${MOD}-Y`, "undo, redo"],
  [`${MOD}-F`, "find and replace"],
  ["Tab", "leave the text; between operands just completed: the next one"],
];

export const Keys = () => <KeyList keys={KEYS} />;
