/** Colour of the operations by a number: a sequential shade and a bar of the same length, so that colour never speaks alone. */
import type { Position } from "./selection";
import { positionsOf } from "./svg";

export interface Load {
  /** the number of a drawn node, from the positions that it stands for; null: it has none */
  value(positions: Position[], folded: boolean): number | null;
  /** the number in words, for the tooltip */
  words(value: number): string;
  /** for numbers with a sign: what a drawn node is said to do; its words are the tooltip */
  verdict?(positions: Position[], folded: boolean): { kind: "helps" | "hurts" | "unsure"; words: string } | null;
}

const SVG = "http://www.w3.org/2000/svg";
const BAR = 3.5;

/** Paint all operations of a picture and give the largest number; null takes the paint away. */
export function paint(svg: SVGSVGElement, load: Load | null): number {
  for (const bar of svg.querySelectorAll(".nv-load, .nv-hatch, .nv-sign")) bar.remove();
  const nodes = [...svg.querySelectorAll<SVGGElement>(".node[data-position]")].filter((node) => !node.classList.contains("nv-join"));
  const values = nodes.map((node) => load?.value(own(node), node.classList.contains("nv-sub")) ?? null);
  for (const node of nodes) node.classList.remove("nv-helps", "nv-hurts", "nv-unsure");
  svg.classList.toggle("nv-loaded", load !== null);
  if (load?.verdict) return paintSigned(nodes, values, load);
  const most = values.reduce<number>((a, b) => Math.max(a, b ?? 0), 0);
  nodes.forEach((node, k) => {
    const value = values[k] ?? null;
    node.dataset.tipPlain ??= node.dataset.tip ?? "";
    node.dataset.tip = value === null || !load ? node.dataset.tipPlain : `${node.dataset.tipPlain}\n${load.words(value)}`;
    if (value === null || most === 0) node.style.removeProperty("--nv-share");
    else {
      node.style.setProperty("--nv-share", `${Math.round((value / most) * 100)}%`);
      addBar(node, value / most);
    }
  });
  return most;
}

/** Numbers with a sign: the shade of a side, a bar from the middle to it, + or −; hatched where the sign is unsure. */
function paintSigned(nodes: SVGGElement[], values: (number | null)[], load: Load): number {
  const inner = nodes.map((node, k) => (own(node)[0]?.length === 0 && nodes.length > 1 ? 0 : Math.abs(values[k] ?? 0)));
  const most = Math.max(0, ...inner);
  nodes.forEach((node, k) => {
    const value = values[k] ?? null;
    const verdict = value === null ? null : load.verdict!(own(node), node.classList.contains("nv-sub"));
    node.dataset.tipPlain ??= node.dataset.tip ?? "";
    node.dataset.tip = verdict ? `${node.dataset.tipPlain}\n${verdict.words}` : node.dataset.tipPlain;
    node.style.removeProperty("--nv-share");
    if (value === null || !verdict || most === 0) return;
    const share = Math.min(1, Math.abs(value) / most);
    node.classList.add(`nv-${verdict.kind}`);
    node.style.setProperty("--nv-share", `${Math.round(share * 100)}%`);
    decorate(node, verdict.kind, value > 0 ? share : -share);
  });
  return most;
}

function decorate(node: SVGGElement, kind: "helps" | "hurts" | "unsure", share: number): void {
  const shape = node.querySelector<SVGGraphicsElement>("path, polygon, ellipse");
  if (!shape) return;
  const box = shape.getBBox();
  if (kind === "unsure") {
    add(node, "path", "nv-hatch", { d: hatching(box.x + 4, box.y + 3, box.width - 8, box.height - 6) });
    return;
  }
  const half = (box.width - 4) / 2;
  const width = Math.max(1, half * Math.abs(share));
  const x = box.x + box.width / 2 - (share < 0 ? width : 0);
  add(node, "rect", "nv-load", { x: x.toFixed(2), y: (box.y + box.height - BAR - 1).toFixed(2), width: width.toFixed(2), height: String(BAR) });
  add(node, "path", "nv-sign", { d: signPath(box.x + box.width + 0.5, box.y - 0.5, kind === "helps") });
}

/** A plus or a minus as lines, which every font has. */
export const signPath = (x: number, y: number, plus: boolean): string =>
  `M${(x - 3).toFixed(2)},${y.toFixed(2)} L${(x + 3).toFixed(2)},${y.toFixed(2)}${plus ? ` M${x.toFixed(2)},${(y - 3).toFixed(2)} L${x.toFixed(2)},${(y + 3).toFixed(2)}` : ""}`;

/** Lines of 45 degrees over a rectangle, cut at its edges. */
export function hatching(x: number, y: number, width: number, height: number, step = 6): string {
  const lines: string[] = [];
  for (let c = step; c < width + height; c += step) {
    const [x1, y1] = [Math.max(0, c - height), Math.min(c, height)];
    const [x2, y2] = [Math.min(c, width), Math.max(0, c - width)];
    lines.push(`M${(x + x1).toFixed(2)},${(y + y1).toFixed(2)} L${(x + x2).toFixed(2)},${(y + y2).toFixed(2)}`);
  }
  return lines.join(" ");
}

function add(node: SVGGElement, name: string, className: string, sizes: Record<string, string>): void {
  const element = document.createElementNS(SVG, name);
  element.setAttribute("class", className);
  for (const [key, value] of Object.entries(sizes)) element.setAttribute(key, value);
  node.insertBefore(element, node.querySelector("text")); // what is written stays readable
}

function own(node: SVGGElement): Position[] {
  const all = positionsOf(node);
  return node.classList.contains("nv-fold") ? all : all.slice(0, 1);
}

function addBar(node: SVGGElement, share: number): void {
  const shape = node.querySelector<SVGGraphicsElement>("path, polygon");
  if (!shape || share <= 0) return;
  const box = shape.getBBox();
  const bar = document.createElementNS(SVG, "rect");
  bar.setAttribute("class", "nv-load");
  const sizes = { x: box.x + 2, y: box.y + box.height - BAR - 1, width: Math.max(1, (box.width - 4) * share), height: BAR };
  for (const [name, value] of Object.entries(sizes)) bar.setAttribute(name, value.toFixed(2));
  node.append(bar);
}
