/** Add a style sheet once to where `el` lives: the document, or the shadow root that holds it. */
export function addStyle(el: Node, name: string, css: string): void {
  const root = el.getRootNode();
  const home = root instanceof ShadowRoot ? root : document.head;
  const known = home.querySelector(`style[data-nasviz="${name}"]`);
  if (known?.textContent === css) return;
  const style = (known as HTMLStyleElement | null) ?? document.createElement("style");
  style.dataset.nasviz = name;
  style.textContent = css;
  home.append(style);
}
