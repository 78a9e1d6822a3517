/** A Graphviz picture in the page: safe elements, zoom, selection, and motion from the old places to the new. */
import { select } from "d3-selection";
import { type D3ZoomEvent, zoom, zoomIdentity, zoomTransform } from "d3-zoom";
import type { LayoutOptions } from "./layout";
import { MARKS, marksOf, matchedNodes } from "./marks";
import { type Box, Minimap } from "./minimap";
import { type Load, paint } from "./paint";
import { type Saved, standalone } from "./save";
import { isWithin, parsePositionId, type Position, samePosition } from "./selection";
import { positionsOf, readSvg } from "./svg";

export interface PictureOptions {
  /** accessible name of the picture */
  label: string;
  onSelect?: (position: Position) => void;
  onHover?: (position: Position | null) => void;
  /** what goes in a difference was clicked: its position in the first term */
  onSelectGone?: (position: Position) => void;
  /** a double click on a node; `chain`: it stands for a chain of equal operations */
  onOpen?: (position: Position, chain: boolean) => void;
  /** a map of the whole beside a large picture */
  map?: boolean;
  /** tallest height in px that the picture takes by itself */
  maxHeight?: number;
  minHeight?: number;
}

export interface PictureHandle {
  /** Lay out, for `limit` milliseconds at most, and draw; the promise fails with LayoutTimeout or what Graphviz says. */
  show(dot: string, limit?: number): Promise<void>;
  /** Mark the selection, what the pointer is on, and the matches of a search. */
  mark(selected: Position | null, hovered: Position | null, found?: readonly Position[]): void;
  /** Mark what goes in a difference, by its position in the first term. */
  markGone(selected: Position | null): void;
  /** Multiply the scale; 0 fits the picture to the width. */
  zoom(factor: number): void;
  /** Bring the selection into the middle, as large as it can be read. */
  zoomToSelection(): void;
  /** Colour the operations by a number; gives the largest one. */
  paint(load: Load | null): number;
  /** The whole picture as a file; null while nothing is drawn. */
  saved(): Saved | null;
  destroy(): void;
}

const MOVE_MS = 250;
/** larger pictures change at once: to move all their nodes takes longer than it helps */
const MOVED = 150;
const SMALLEST = 0.6;
type Layout = (dot: string, options?: LayoutOptions) => Promise<string>;

export function createPicture(layout: Layout, parent: HTMLElement, options: PictureOptions): PictureHandle {
  return new Picture(layout, parent, options);
}

class Picture implements PictureHandle {
  #box = document.createElement("div");
  #svg: SVGSVGElement | null = null;
  #turn = 0;
  #marks: [Position | null, Position | null] = [null, null];
  #found: readonly Position[] = [];
  #gone: Position | null = null;
  #matched: ReadonlySet<number> = new Set();
  #size = { width: 1, height: 1 };
  #fitted = true;
  #revealed = "null";
  #load: Load | null = null;
  #nodes: { node: SVGGElement; at: Position[]; marks: number }[] = [];
  #places = new Map<Element, Box>();
  #window = { width: 0, height: 0 };
  #map: Minimap | null = null;
  #zoom = zoom<SVGSVGElement, unknown>()
    .scaleExtent([0.05, 8])
    .filter((event: MouseEvent & WheelEvent) => (event.type !== "wheel" || event.ctrlKey || event.metaKey) && !event.button);
  #watch = new ResizeObserver(() => this.#resized());

  constructor(
    private readonly layout: Layout,
    parent: HTMLElement,
    private readonly options: PictureOptions,
  ) {
    this.#box.className = "nv-picture";
    this.#box.addEventListener("click", (event) => this.#pick(event));
    this.#box.addEventListener("pointerover", (event) => options.onHover?.(this.#at(event)));
    this.#box.addEventListener("pointerleave", () => options.onHover?.(null));
    this.#box.addEventListener("dblclick", (event) => this.#open(event));
    parent.append(this.#box);
    if (options.map) this.#map = new Minimap(parent, (x, y) => this.#centre(x, y));
    this.#watch.observe(this.#box);
  }

  async show(dot: string, limit?: number): Promise<void> {
    const turn = ++this.#turn;
    const text = await this.layout(dot, limit === undefined ? {} : { limit });
    if (turn !== this.#turn) return;
    const svg = readSvg(text);
    const before = this.#standing();
    this.#place(svg);
    this.#nodes = [...svg.querySelectorAll<SVGGElement>("[data-position]")].map((node) => ({ node, at: positionsOf(node), marks: 0 }));
    this.#match();
    this.#places = this.#measure();
    this.#map?.draw(this.#size, [...this.#places].flatMap(([node, box]) => (node.classList.contains("node") ? [box] : [])));
    this.#see();
    paint(svg, this.#load);
    this.#move(before);
    this.mark(...this.#marks);
    this.markGone(this.#gone);
  }

  mark(selected: Position | null, hovered: Position | null, found: readonly Position[] = this.#found): void {
    this.#marks = [selected, hovered];
    if (found !== this.#found) {
      this.#found = found;
      this.#match();
    }
    if (!this.#svg) return;
    const marks = marksOf(this.#nodes.map(({ at }) => at), selected, hovered, this.#matched);
    this.#nodes.forEach((place, k) => {
      if (marks[k] === place.marks) return;
      place.marks = marks[k]!;
      MARKS.forEach((name, bit) => place.node.classList.toggle(name, (place.marks >> bit) % 2 === 1));
    });
    this.#svg.classList.toggle("nv-some", selected !== null && selected.length > 0);
    const chosen = JSON.stringify(selected);
    if (selected !== null && chosen !== this.#revealed) {
      const one = this.#nodes.find(({ marks }) => marks % 2 === 1) ?? this.#nodes.find(({ marks }) => marks & 2);
      if (one) this.#reveal(one.node);
    }
    this.#revealed = chosen;
  }

  markGone(selected: Position | null): void {
    this.#gone = selected;
    for (const node of this.#svg?.querySelectorAll<SVGGElement>("[data-gone]") ?? []) {
      const at = parsePositionId(node.dataset.gone ?? "");
      const inside = at !== null && selected !== null && isWithin(at, selected);
      node.classList.toggle("nv-inside", inside);
      node.classList.toggle("nv-selected", inside && samePosition(at, selected));
    }
  }

  #match(): void {
    this.#matched = matchedNodes(this.#nodes.map(({ at }) => at), this.#found);
  }

  zoom(factor: number): void {
    if (!this.#svg) return;
    this.#fitted = factor === 0;
    if (factor === 0) this.#fit(0.05);
    else this.#zoom.scaleBy(select(this.#svg), factor);
  }

  zoomToSelection(): void {
    const marked = this.#svg?.querySelectorAll<SVGGElement>(".nv-selected, .nv-inside") ?? [];
    if (!this.#svg || marked.length === 0) return this.zoom(0);
    const now = zoomTransform(this.#svg);
    const box = this.#box.getBoundingClientRect();
    const all = [...marked].map((node) => node.getBoundingClientRect());
    const left = Math.min(...all.map((r) => r.left)) - box.left;
    const right = Math.max(...all.map((r) => r.right)) - box.left;
    const top = Math.min(...all.map((r) => r.top)) - box.top;
    const bottom = Math.max(...all.map((r) => r.bottom)) - box.top;
    const room = Math.min(box.width / (right - left + 40), box.height / (bottom - top + 24));
    const scale = Math.min(2, Math.max(0.05, room * now.k));
    const [x, y] = now.invert([(left + right) / 2, (top + bottom) / 2]);
    this.#fitted = false;
    this.#zoom.transform(select(this.#svg), zoomIdentity.translate(box.width / 2 - x * scale, box.height / 2 - y * scale).scale(scale));
  }

  paint(load: Load | null): number {
    this.#load = load;
    return this.#svg ? paint(this.#svg, load) : 0;
  }

  saved(): Saved | null {
    return this.#svg && standalone(this.#svg, this.#size);
  }

  destroy(): void {
    this.#turn = -1;
    this.#watch.disconnect();
    this.#box.remove();
    this.#map?.remove();
  }

  /** Pan so that a node outside the window comes into it; from what was measured, so that a selection forces no layout. */
  #reveal(node: SVGGElement): void {
    const at = this.#places.get(node);
    if (!this.#svg || !at || this.#window.width === 0) return;
    const { k, x, y } = zoomTransform(this.#svg);
    const { width, height } = this.#window;
    const outside = (from: number, size: number, room: number) => from < 0 || from + size > room;
    const across = outside(at.x * k + x, at.width * k, width);
    const down = outside(at.y * k + y, at.height * k, height);
    if (!across && !down) return;
    this.#fitted = false;
    const to = (from: number, size: number, room: number) => (room / 2 - from) / k - size / 2;
    this.#zoom.translateBy(select(this.#svg), across ? to(at.x * k + x, at.width * k, width) : 0, down ? to(at.y * k + y, at.height * k, height) : 0);
  }

  #place(svg: SVGSVGElement): void {
    const box = svg.getAttribute("viewBox")?.split(/\s+/).map(Number) ?? [];
    this.#size = { width: box[2] ?? 100, height: box[3] ?? 100 };
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", this.options.label);
    for (const name of ["viewBox", "width", "height"]) svg.removeAttribute(name);
    const graph = svg.querySelector<SVGGElement>("g.graph");
    const inner = document.createElementNS("http://www.w3.org/2000/svg", "g");
    if (graph) {
      const [, x, y] = /translate\(([-\d.]+)[ ,]+([-\d.]+)\)/.exec(graph.getAttribute("transform") ?? "") ?? [];
      graph.setAttribute("transform", `translate(${x ?? 0} ${y ?? 0})`);
      graph.querySelector(":scope > polygon")?.remove();
      for (const title of graph.querySelectorAll("title")) title.remove();
      graph.replaceWith(inner);
      inner.append(graph);
    }
    this.#svg?.remove();
    this.#svg = svg;
    this.#box.append(svg);
    select(svg)
      .call(
        this.#zoom.on("zoom", (event: D3ZoomEvent<SVGSVGElement, unknown>) => {
          inner.setAttribute("transform", event.transform.toString());
          this.#see();
          if (event.sourceEvent) this.#fitted = false;
        }),
      )
      .on("dblclick.zoom", null);
    if (this.#fitted) this.#fit();
    else this.#zoom.transform(select(svg), zoomIdentity);
  }

  #fit(smallest = SMALLEST): void {
    const width = this.#box.clientWidth;
    if (!this.#svg || width === 0) return;
    const scale = Math.min(4 / 3, Math.max(smallest, (width - 8) / this.#size.width));
    const height = Math.min(this.options.maxHeight ?? 420, Math.max(this.options.minHeight ?? 72, this.#size.height * scale + 8));
    this.#box.style.height = `${height}px`;
    this.#window = { width, height };
    const free = width - this.#size.width * scale;
    const x = free > 0 ? free / 2 : Math.min(4, Math.max(free - 4, width / 2 - this.#rootX() * scale));
    const y = Math.max(4, (height - this.#size.height * scale) / 2);
    this.#zoom.transform(select(this.#svg), zoomIdentity.translate(x, y).scale(scale));
  }

  /** Where the root of a tree is, in the coordinates of the picture; 0 where there is none: then the start is shown. */
  #rootX(): number {
    const root = this.#svg?.querySelector<SVGGElement>('.node[data-node="p"]');
    const graph = root?.closest<SVGGElement>("g.graph")?.getScreenCTM();
    const from = root?.getBoundingClientRect();
    const left = this.#svg?.querySelector<SVGGElement>("g.graph")?.getBoundingClientRect().left;
    return root && graph && from && left !== undefined ? (from.left + from.width / 2 - left) / graph.a : 0;
  }

  /** Where the nodes stand on the screen, by name; nothing where they will not be moved. */
  #standing(): Map<string, DOMRect> {
    const nodes = [...(this.#svg?.querySelectorAll<SVGGElement>("[data-node]") ?? [])];
    if (nodes.length > MOVED || matchMedia("(prefers-reduced-motion: reduce)").matches) return new Map();
    return new Map(nodes.map((node) => [node.dataset.node ?? "", node.getBoundingClientRect()]));
  }

  #move(before: Map<string, DOMRect>): void {
    const graph = this.#svg?.querySelector<SVGGElement>("g.graph");
    if (!graph || before.size === 0 || graph.children.length > 2 * MOVED) return;
    const scale = graph.getScreenCTM()?.a ?? 1;
    const now = [...graph.children].map((node) => [node as SVGGElement, node.getBoundingClientRect()] as const);
    for (const [node, at] of now) {
      const old = before.get(node.dataset.node ?? "");
      const x = old ? (old.x + old.width / 2 - at.x - at.width / 2) / scale : 0;
      const y = old ? (old.y + old.height / 2 - at.y - at.height / 2) / scale : 0;
      const frames = old ? [{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }] : [{ opacity: 0 }, { opacity: 1 }];
      node.animate(frames, { duration: MOVE_MS, easing: "ease-out" });
    }
  }

  /** Where the nodes are, in the coordinates of the picture. */
  #measure(): Map<Element, Box> {
    const [, x, y] = /translate\(([-\d.]+) ([-\d.]+)\)/.exec(this.#svg?.querySelector("g.graph")?.getAttribute("transform") ?? "") ?? [];
    const nodes = [...(this.#svg?.querySelectorAll<SVGGElement>(".node, .cluster") ?? [])];
    return new Map(
      nodes.map((node) => {
        const box = node.getBBox();
        return [node, { x: box.x + Number(x ?? 0), y: box.y + Number(y ?? 0), width: box.width, height: box.height }];
      }),
    );
  }

  #resized(): void {
    this.#window = { width: this.#box.clientWidth, height: this.#box.clientHeight };
    if (this.#fitted) this.#fit();
    this.#see();
  }

  #see(): void {
    if (!this.#map || !this.#svg) return;
    const { k, x, y } = zoomTransform(this.#svg);
    this.#map.see({ x: -x / k, y: -y / k, width: this.#window.width / k, height: this.#window.height / k });
  }

  #centre(x: number, y: number): void {
    if (!this.#svg) return;
    this.#fitted = false;
    this.#zoom.translateTo(select(this.#svg), x, y);
  }

  #open(event: Event): void {
    const node = (event.target as Element | null)?.closest<SVGElement>("[data-position]");
    const position = node && parsePositionId(node.dataset.position ?? "");
    if (!node || !position) return this.zoom(0);
    this.options.onOpen?.(position, node.classList.contains("nv-fold"));
  }

  #at(event: Event): Position | null {
    const node = (event.target as Element | null)?.closest<SVGElement>("[data-position]");
    return node ? parsePositionId(node.dataset.position ?? "") : null;
  }

  #pick(event: Event): void {
    const position = this.#at(event);
    if (position) return this.options.onSelect?.(position);
    const gone = parsePositionId((event.target as Element | null)?.closest<SVGElement>("[data-gone]")?.dataset.gone ?? "");
    if (gone) this.options.onSelectGone?.(gone);
  }
}
