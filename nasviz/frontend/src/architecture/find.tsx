/** A line to type a name into: all that match are marked in text and pictures, and one after the other is selected. */
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { Button } from "../core/parts";
import type { TermIndex } from "../core/term";
import type { Pointing } from "../core/view";
import { matches } from "./body";

export interface Search {
  text: string;
  /** matching nodes, in preorder */
  found: number[];
}

export const NO_SEARCH: Search = { text: "", found: [] };

/** The matches of a text in a term; none while nothing is looked for. */
export const useSearch = (index: TermIndex | null, text: string | null): Search =>
  useMemo(() => (index && text ? { text, found: matches(index.info, text) } : NO_SEARCH), [index, text]);

/** Which match is selected, counted from 0; -1 for none. */
export function currentMatch({ found }: Search, index: TermIndex, { selected }: Pointing): number {
  return selected ? found.indexOf(index.index(selected)) : -1;
}

/** Select the match before or after the selection, around the end. */
export function step(search: Search, index: TermIndex, pointing: Pointing, by: 1 | -1): void {
  const { found } = search;
  if (found.length === 0) return;
  const now = currentMatch(search, index, pointing);
  const here = pointing.selected ? index.index(pointing.selected) : -1;
  const next = found.findIndex((node) => node > here);
  const outside = by > 0 ? (next < 0 ? 0 : next) : (next < 0 ? found.length : next) - 1;
  const to = now < 0 ? outside : now + by;
  pointing.select(index.position(found[(to + found.length) % found.length]!));
}

/** "3 of 17", "17 found", "not found", or how to go on. */
export function searchWords(search: Search, now: number): string {
  if (search.text.trim() === "") return "Enter: next, Shift and Enter: the one before";
  if (search.found.length === 0) return "not found";
  return now < 0 ? `${search.found.length} found` : `${now + 1} of ${search.found.length}`;
}

interface FindProps {
  index: TermIndex;
  pointing: Pointing;
  search: Search;
  look: (text: string) => void;
  close: () => void;
}

export function Find({ index, pointing, search, look, close }: FindProps) {
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => input.current?.focus(), []);
  const type = (text: string) => {
    look(text);
    const first = matches(index.info, text)[0];
    if (first !== undefined) pointing.select(index.position(first));
  };
  const go = (by: 1 | -1) => step(search, index, pointing, by);
  const press = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
    else if (event.key === "Enter" || event.key === "F3") {
      event.preventDefault();
      go(event.shiftKey ? -1 : 1);
    }
  };
  const none = search.found.length === 0;
  return (
    <div class="nv-find" role="search">
      <input
        ref={input}
        type="text"
        class="nv-code"
        aria-label="Find an operator or a nonterminal"
        placeholder="operator or nonterminal"
        value={search.text}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={press}
      />
      <Button icon label="Previous match" tip="The match before (Shift and Enter, or N)" disabled={none} onClick={() => go(-1)}>
        ↑
      </Button>
      <Button icon label="Next match" tip="The next match (Enter, or n)" disabled={none} onClick={() => go(1)}>
        ↓
      </Button>
      <span class="nv-soft" role="status">
        {searchWords(search, currentMatch(search, index, pointing))}
      </span>
      <Button icon label="Close" onClick={close}>
        ✕
      </Button>
    </div>
  );
}
