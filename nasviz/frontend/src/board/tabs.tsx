/** Tabs: arrow keys move among them, one of them is in the order of Tab, the browser remembers which was open. */
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import type { TabInfo } from "./state";

/** The tab that a key leads to, or null. */
export function afterKey(key: string, names: readonly string[], now: string): string | null {
  const at = names.indexOf(now);
  const n = names.length;
  if (key === "ArrowRight") return names[(at + 1) % n]!;
  if (key === "ArrowLeft") return names[(at - 1 + n) % n]!;
  if (key === "Home") return names[0]!;
  return key === "End" ? names[n - 1]! : null;
}

export interface TabsProps {
  /** a word that nothing else of the page has, for ids */
  id: string;
  /** what the tabs are of */
  label: string;
  tabs: readonly TabInfo[];
  now: string;
  onTab: (name: string) => void;
  /** beside the tabs */
  extra?: ComponentChildren;
  children: ComponentChildren;
}

export function Tabs({ id, label, tabs, now, onTab, extra, children }: TabsProps) {
  const list = useRef<HTMLDivElement>(null);
  const names = tabs.map(([name]) => name);
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = afterKey(event.key, names, now);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    onTab(next);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[names.indexOf(next)]?.focus();
  };
  return (
    <>
      <div class="nv-tabline">
        <div class="nv-tabs" role="tablist" aria-label={label} ref={list} onKeyDown={press}>
          {tabs.map(([name, title, tip]) => (
            <button
              key={name}
              type="button"
              role="tab"
              id={`${id}-tab-${name}`}
              class="nv-tab"
              aria-selected={name === now}
              aria-controls={`${id}-panel`}
              tabIndex={name === now ? 0 : -1}
              data-tip={tip}
              onClick={() => onTab(name)}
            >
              {title}
            </button>
          ))}
        </div>
        {extra}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-tab-${now}`}>
        {children}
      </div>
    </>
  );
}
