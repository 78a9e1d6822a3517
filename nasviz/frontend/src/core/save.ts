/** Pictures as files, made in the page: SVG as text, PDF from it, PNG by a canvas. Always dark on white. */
import { readColour } from "./colour";
import { LIGHT, variables } from "./palette";
import { pdfOf } from "./pdf";

const KEPT = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size", "font-weight", "opacity", "text-anchor"];
const MARGIN = 8;

export interface Saved {
  text: string;
  width: number;
  height: number;
}

/** The drawn picture as an SVG file of its own: whole, without zoom, with its colours written out. */
export function standalone(picture: SVGSVGElement, size: { width: number; height: number }): Saved {
  const holder = document.createElement("div");
  holder.className = "nasviz nv-picture";
  for (const [name, value] of Object.entries(variables(LIGHT))) holder.style.setProperty(name, value);
  holder.style.cssText += ";position:absolute;left:-99999px;top:0";
  const svg = picture.cloneNode(true) as SVGSVGElement;
  svg.classList.remove("nv-some");
  for (const node of svg.querySelectorAll(".nv-selected, .nv-inside, .nv-hover, .nv-path")) {
    node.classList.remove("nv-selected", "nv-inside", "nv-hover", "nv-path");
  }
  svg.querySelector(":scope > g")?.removeAttribute("transform");
  holder.append(svg);
  document.body.append(holder);
  const elements = [...svg.querySelectorAll<SVGElement>("*")];
  const styles = elements.map(styleOf); // all are read before classes go
  elements.forEach((element, k) => writeStyle(element, styles[k]!));
  holder.remove();
  const [width, height] = [Math.ceil(size.width + 2 * MARGIN), Math.ceil(size.height + 2 * MARGIN)];
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.setAttribute("viewBox", `${-MARGIN} ${-MARGIN} ${width} ${height}`);
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  return { text: new XMLSerializer().serializeToString(svg), width, height };
}

function styleOf(element: SVGElement): (readonly [string, string])[] {
  const style = getComputedStyle(element);
  return KEPT.map((name) => [name, style.getPropertyValue(name)] as const).filter(([, value]) => value !== "");
}

function writeStyle(element: SVGElement, values: readonly (readonly [string, string])[]): void {
  for (const name of [...element.getAttributeNames()]) if (name === "class" || name === "style" || name.startsWith("data-")) element.removeAttribute(name);
  for (const [name, value] of values) element.setAttribute(name, value);
  for (const name of ["fill", "stroke"]) writeColour(element, name);
}

/** A colour as every program reads it: #rrggbb, and how much of it covers. */
function writeColour(element: SVGElement, name: string): void {
  const value = element.getAttribute(name);
  if (value === null) return;
  const colour = readColour(value);
  element.setAttribute(name, colour?.hex ?? "none");
  const share = (colour?.alpha ?? 1) * Number(element.getAttribute(`${name}-opacity`) ?? 1);
  if (share < 1) element.setAttribute(`${name}-opacity`, String(Number(share.toFixed(3))));
}

/** The picture as pixels on white. */
async function pixels(saved: Saved, scale: number): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(saved.text)}`;
  await image.decode();
  const most = Math.min(scale, 12000 / saved.width, 12000 / saved.height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(saved.width * most);
  canvas.height = Math.round(saved.height * most);
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("this page has no canvas");
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large for an image"))), "image/png");
  });
}

export type Format = "svg" | "dot" | "png" | "pdf";

export interface PictureFile {
  file: Blob;
  /** what the format could not keep, in words, or "" */
  note: string;
}

/** The file of a picture in a format. */
export async function fileOf(saved: Saved, dot: string, format: Format): Promise<PictureFile> {
  if (format === "dot") return { file: new Blob([dot], { type: "text/vnd.graphviz" }), note: "" };
  if (format === "svg") return { file: new Blob([saved.text], { type: "image/svg+xml" }), note: "" };
  if (format === "png") return { file: await pixels(saved, 2), note: "" };
  const svg = new DOMParser().parseFromString(saved.text, "image/svg+xml").documentElement;
  const { bytes, missing } = pdfOf(svg, svg.getAttribute("aria-label") ?? "");
  return { file: new Blob([bytes], { type: "application/pdf" }), note: noteOf(missing) };
}

/** What to say of characters that the fonts of a PDF lack. */
export function noteOf(missing: readonly string[]): string {
  if (missing.length === 0) return "";
  const shown = missing.slice(0, 12).join(" ") + (missing.length > 12 ? " …" : "");
  return `The PDF draws ${shown} as boxes: its standard fonts are Latin. Copied from it the text is whole; the SVG shows it.`;
}

/** Offer a file to the person, as a download of the browser. */
export function download(name: string, file: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
