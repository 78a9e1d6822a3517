/** A pane with figures as tabs: the open one is drawn, a line about it above, its table below. */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { PlotEngine } from "../core/engine";
import { recall, remember } from "../core/memory";
import { Empty, Skeleton } from "../core/parts";
import { Plot } from "../core/plot_part";
import { AsTable } from "../core/plot_table";
import { marked } from "./mark";
import { type Drawn, isPoint, type Point, type TabInfo } from "./state";
import { Tabs } from "./tabs";

const LEAST = 300;
const MOST = 460;

export interface FigureProps {
  plots: PlotEngine | null;
  drawn: Drawn | undefined;
  label: string;
  tip: string;
  selected: Point | null;
  onChoose: (point: Point) => void;
  /** there is no kernel that could draw what is missing: a saved page */
  frozen?: boolean;
  /** beside the table */
  extra?: ComponentChildren;
}

/** A figure with its line and its table, or why there is none. */
export function FigurePart({ plots, drawn, label, tip, selected, onChoose, frozen, extra }: FigureProps) {
  const figure = drawn?.figure ?? null;
  const shown = useMemo(() => figure && marked(figure, selected), [figure, selected]);
  const choose = (point: unknown) => isPoint(point) && onChoose(point);
  if (!figure || !shown) {
    const why = drawn?.trouble ?? (frozen ? "This figure was not open when the page was saved." : "");
    return <div class="nv-figure-waits" style={{ minHeight: `${LEAST}px` }}>{why ? <Empty>{why}</Empty> : <Skeleton />}</div>;
  }
  const wanted = Number(figure.layout?.height ?? LEAST);
  return (
    <>
      <div class="nv-figure-note nv-soft" data-tip={drawn?.note ? `${drawn.note}\n\n${tip}` : tip} tabIndex={0}>
        {drawn?.note || tip}
      </div>
      <Plot plots={plots} figure={shown} label={label} height={Math.min(Math.max(wanted, LEAST), MOST)} onClick={(_trace, _point, data) => choose(data)} />
      <div class="nv-under">
        {extra}
        <AsTable figure={figure} selected={selected} onChoose={choose} />
      </div>
    </>
  );
}

/** What was pressed and is not yet said back, after something is said; what was not pressed here counts at once. */
export const unsaid = (pressed: readonly string[], said: string): string[] =>
  pressed.includes(said) ? pressed.slice(pressed.indexOf(said) + 1) : [];

/** Which tab is open: what Python says, at once what a person pressed, and what the browser remembers of the last time. */
export function useTab(pane: string, names: readonly string[], said: string, tell: (name: string) => void): [string, (name: string) => void] {
  const [pressed, setPressed] = useState<readonly string[]>([]);
  const open = (name: string) => {
    setPressed((before) => [...before, name]);
    remember(`board-${pane}`, name === names[0] ? null : name);
    tell(name);
  };
  useEffect(() => {
    const before = recall(`board-${pane}`);
    if (said === names[0] && before !== null && before !== said && names.includes(before)) open(before);
  }, []);
  const last = useRef(said);
  useEffect(() => {
    if (last.current !== said) setPressed((before) => unsaid(before, said));
    else if (pressed.at(-1) === said) setPressed([]);
    last.current = said;
  }, [said, pressed]);
  return [pressed.at(-1) ?? said, open];
}

export interface PaneProps extends Omit<FigureProps, "drawn" | "label" | "tip"> {
  id: string;
  name: string;
  label: string;
  /** what is drawn, for the accessible name of a figure */
  about: string;
  tabs: readonly TabInfo[];
  now: string;
  onTab: (name: string) => void;
  figures: Record<string, Drawn>;
}

export function FigurePane({ id, name, label, about, tabs, now, onTab, figures, ...rest }: PaneProps) {
  const [, title = now, tip = ""] = tabs.find(([tab]) => tab === now) ?? [];
  return (
    <section class={`nv-board-pane nv-${name}-pane`} aria-label={label}>
      <Tabs id={`${id}-${name}`} label={label} tabs={tabs} now={now} onTab={onTab}>
        <FigurePart key={now} {...rest} drawn={figures[now]} label={`${title}: ${about}`} tip={tip} />
      </Tabs>
    </section>
  );
}
