/** One tooltip for the page: any element with data-tip explains itself on hover and on focus. */

const DELAY_MS = 350;

export function installTooltips(root: HTMLElement, signal: AbortSignal): void {
  let bubble: HTMLElement | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hide = () => {
    clearTimeout(timer);
    bubble?.remove();
    bubble = null;
  };
  const show = (target: Element) => {
    hide();
    const text = target.getAttribute("data-tip");
    if (!text) return;
    timer = setTimeout(() => {
      if (!target.isConnected) return;
      bubble = document.createElement("div");
      bubble.className = "nv-tooltip";
      bubble.setAttribute("role", "tooltip");
      bubble.textContent = text;
      document.body.append(bubble);
      const at = target.getBoundingClientRect();
      const size = bubble.getBoundingClientRect();
      const below = at.bottom + 6 + size.height < innerHeight;
      bubble.style.left = `${Math.max(4, Math.min(at.left, innerWidth - size.width - 4))}px`;
      bubble.style.top = `${below ? at.bottom + 6 : Math.max(4, at.top - size.height - 6)}px`;
    }, DELAY_MS);
  };
  const over = (event: Event) => {
    const target = (event.target as Element | null)?.closest?.("[data-tip]");
    if (target) show(target);
    else hide();
  };
  root.addEventListener("pointerover", over, { signal });
  root.addEventListener("focusin", over, { signal });
  for (const name of ["pointerleave", "focusout", "pointerdown", "keydown"]) root.addEventListener(name, hide, { signal });
  addEventListener("scroll", hide, { signal, capture: true, passive: true });
  signal.addEventListener("abort", hide);
}
