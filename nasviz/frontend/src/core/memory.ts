/** What the browser remembers of how a person arranged the views; nothing about the work itself. */

const PREFIX = "nasviz:";
const RESET = "nasviz-sizes";

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // a page without storage forgets
  }
}

/** The notebook that an element stands in, by its path; else the page. */
export function pageOf(element: Element): string {
  const panel = element.closest(".jp-NotebookPanel");
  const tab = panel?.id ? document.querySelector(`li[data-id="${CSS.escape(panel.id)}"]`) : null;
  return /^Path: (.+)$/m.exec(tab?.getAttribute("title") ?? "")?.[1] ?? location.pathname;
}

const sizeName = (page: string, name: string): string => `size:${page}:${name}`;

/** The size in px that a person gave to a pane of a page; null for its own. */
export function recallSize(page: string, name: string): number | null {
  const size = Number(recall(sizeName(page, name)) ?? Number.NaN);
  return Number.isFinite(size) && size > 0 ? size : null;
}

export function rememberSize(page: string, name: string, size: number | null): void {
  remember(sizeName(page, name), size === null ? null : String(Math.round(size)));
}

/** Give all panes of a page their own size again, and tell those that are shown. */
export function forgetSizes(page: string): void {
  try {
    const start = PREFIX + sizeName(page, "");
    for (const key of Object.keys(localStorage)) if (key.startsWith(start)) localStorage.removeItem(key);
  } catch {
    // nothing is remembered then
  }
  document.dispatchEvent(new Event(RESET));
}

/** Call when sizes are forgotten; returns the function that ends it. */
export function onSizesForgotten(call: () => void): () => void {
  document.addEventListener(RESET, call);
  return () => document.removeEventListener(RESET, call);
}
