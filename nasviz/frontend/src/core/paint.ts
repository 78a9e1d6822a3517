/** Colour of the operations by a number: a sequential shade and a bar of the same length, so that colour never speaks alone. */
import type { Position } from "./selection";
import { positionsOf } from "./svg";

export interface Load {
  /** the number of a drawn node, from the positions that it stands for; null: it has none */
  value(positions: Position[], folded: boolean): number | null;
  /** the number in words, for the tooltip */
  words(value: number): string;
}

const SVG = "http://www.w3.org/2000/svg";
const BAR = 3.5;

/** Paint all operations of a picture and give the largest number; null takes the paint away. */
export function paint(svg: SVGSVGElement, load: Load | null): number {
  for (const bar of svg.querySelectorAll(".nv-load")) bar.remove();
  const nodes = [...svg.querySelectorAll<SVGGElement>(".node[data-position]")].filter((node) => !node.classList.contains("nv-join"));
  const values = nodes.map((node) => load?.value(own(node), node.classList.contains("nv-sub")) ?? null);
  const most = values.reduce<number>((a, b) => Math.max(a, b ?? 0), 0);
  svg.classList.toggle("nv-loaded", load !== null);
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
