/** A small picture of the whole beside a large one, with a frame around what is seen; a press moves the frame. */

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 150;
const HEIGHT = 90;
const FLAT = 40;
/** with less of the picture in sight, a map helps */
const SHARE = 0.7;

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** How small the map is drawn, so that it fits into its corner. */
export const mapScale = (size: { width: number; height: number }): number => Math.min(WIDTH / size.width, HEIGHT / size.height);

/** Whether so much of the picture is outside the window that a map helps. */
export const isLarge = (size: { width: number; height: number }, seen: Box): boolean =>
  seen.width < size.width * SHARE || seen.height < size.height * SHARE;

export class Minimap {
  #svg = document.createElementNS(SVG, "svg");
  #frame = document.createElementNS(SVG, "rect");
  #nodes = document.createElementNS(SVG, "path");
  #size = { width: 1, height: 1 };
  #height = 0;

  constructor(
    private readonly parent: HTMLElement,
    move: (x: number, y: number) => void,
  ) {
    this.#svg.setAttribute("class", "nv-map");
    this.#svg.setAttribute("aria-hidden", "true");
    this.#frame.setAttribute("class", "nv-map-frame");
    this.#nodes.setAttribute("class", "nv-map-nodes");
    this.#svg.append(this.#nodes, this.#frame);
    this.#svg.style.display = "none";
    const go = (event: PointerEvent) => {
      if (event.buttons !== 1) return;
      const at = this.#svg.getBoundingClientRect();
      move(((event.clientX - at.left) / at.width) * this.#size.width, ((event.clientY - at.top) / at.height) * this.#size.height);
      event.stopPropagation();
    };
    this.#svg.addEventListener("pointerdown", (event) => {
      this.#svg.setPointerCapture(event.pointerId);
      go(event);
    });
    this.#svg.addEventListener("pointermove", go);
    for (const name of ["click", "dblclick"]) this.#svg.addEventListener(name, (event) => event.stopPropagation());
    parent.style.position = "relative";
    parent.append(this.#svg);
  }

  remove(): void {
    this.parent.style.paddingBottom = "";
    this.#svg.remove();
  }

  draw(size: { width: number; height: number }, nodes: Box[]): void {
    this.#size = size;
    const scale = mapScale(size);
    this.#svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
    this.#svg.setAttribute("width", String(Math.max(24, size.width * scale)));
    this.#height = Math.max(12, size.height * scale);
    this.#svg.setAttribute("height", String(this.#height));
    this.#svg.setAttribute("preserveAspectRatio", "none");
    this.#nodes.setAttribute("d", nodes.map((n) => `M${n.x} ${n.y}h${n.width}v${n.height}h${-n.width}z`).join(""));
  }

  /** Show what is seen, in the coordinates of the picture. */
  see(seen: Box): void {
    const large = isLarge(this.#size, seen);
    this.#svg.style.display = large ? "" : "none";
    // a flat picture leaves no corner for the map: it stands below
    this.parent.style.paddingBottom = large && this.#height <= FLAT ? `${this.#height + 10}px` : "";
    for (const name of ["x", "y", "width", "height"] as const) this.#frame.setAttribute(name, seen[name].toFixed(1));
  }
}
