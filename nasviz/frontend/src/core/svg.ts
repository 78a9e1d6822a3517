/** Pictures from Graphviz as data: only drawing elements and attributes pass, ids become data. */
import { parsePositionId, type Position } from "./selection";

const SVG = "http://www.w3.org/2000/svg";
const ELEMENTS = new Set(["svg", "g", "path", "polygon", "polyline", "ellipse", "circle", "rect", "line", "text", "tspan", "title"]);
const ATTRIBUTES = new Set(
  ("viewBox width height transform class id points d cx cy rx ry r x y x1 y1 x2 y2 fill stroke stroke-width stroke-dasharray " +
    "fill-opacity stroke-opacity opacity text-anchor font-size font-family font-weight font-style").split(" "),
);

/** Read an SVG text into safe elements of `document`; throws when it is no SVG. */
export function readSvg(text: string): SVGSVGElement {
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
  const root = parsed.documentElement;
  if (root.localName !== "svg") throw new Error("Graphviz gave no picture");
  return copy(root) as SVGSVGElement;
}

function copy(from: Element): Element {
  const to = document.createElementNS(SVG, from.localName);
  for (const { name, value } of [...from.attributes]) {
    if (!ATTRIBUTES.has(name) || /url\(|javascript:/i.test(value)) continue;
    if (name === "id") keepId(to, value);
    else to.setAttribute(name, value);
  }
  for (const child of [...from.childNodes]) {
    if (child.nodeType === 3) to.append(child.textContent ?? "");
    else if (child.nodeType === 1) to.append(...copied(child as Element, to));
  }
  if (to.getAttribute("class")?.includes("nv-turn-")) nameBands(to);
  return to;
}

/** The stripes of a box have a thin outline: what has the colour of the outline is a band, what has not is ground. */
function nameBands(node: Element): void {
  const parts = [...node.children].filter((part) => part.localName === "polygon");
  if (!parts.some((part) => part.getAttribute("stroke-width") === "0.5")) return;
  for (const part of parts) {
    const [fill, stroke, width] = ["fill", "stroke", "stroke-width"].map((name) => part.getAttribute(name));
    part.setAttribute("class", width !== "0.5" ? "nv-outline" : fill === stroke ? "nv-band" : "nv-ground");
  }
}

/** Graphviz wraps what has a tooltip in a group and a link: their children stay, the tooltip becomes data of the node. */
function copied(child: Element, parent: Element): Node[] {
  const wrapper = child.localName === "a" || (child.localName === "g" && (child.getAttribute("id") ?? "").startsWith("a_"));
  if (!wrapper) return ELEMENTS.has(child.localName) ? [copy(child)] : [];
  const tip = child.getAttribute("xlink:title");
  if (tip) parent.setAttribute("data-tip", tip);
  return [...child.childNodes].flatMap((inner) => (inner.nodeType === 1 ? copied(inner as Element, parent) : []));
}

/** Two pictures in a page may hold the same position, so ids do not stay ids; what goes in a difference has a position in the first term. */
function keepId(to: Element, id: string): void {
  to.setAttribute("data-node", id);
  const main = id.replace(/^c(?=-|$)/, "p").replace(/^j-(\d+-)+(?=p)/, "");
  if (parsePositionId(main)) to.setAttribute("data-position", main);
  const gone = id.replace(/^(r|k-\d+-\d+-p)(?=-|$)/, "p");
  if (gone !== id && parsePositionId(gone)) to.setAttribute("data-gone", gone);
}

/** All positions that an element stands for. */
export function positionsOf(element: Element): Position[] {
  const names = new Set([element.getAttribute("data-position") ?? "", ...element.classList]);
  return [...names].map(parsePositionId).filter((position) => position !== null);
}
