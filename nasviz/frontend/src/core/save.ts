/** Pictures as files, made in the page: SVG as text, PNG by a canvas, PDF around the image of a canvas. Always dark on white. */
import { LIGHT, variables } from "./palette";

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
  for (const element of svg.querySelectorAll<SVGElement>("*")) writeStyle(element);
  holder.remove();
  const [width, height] = [Math.ceil(size.width + 2 * MARGIN), Math.ceil(size.height + 2 * MARGIN)];
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.setAttribute("viewBox", `${-MARGIN} ${-MARGIN} ${width} ${height}`);
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  return { text: new XMLSerializer().serializeToString(svg), width, height };
}

function writeStyle(element: SVGElement): void {
  const style = getComputedStyle(element);
  const values = KEPT.map((name) => [name, style.getPropertyValue(name)] as const).filter(([, value]) => value !== "");
  for (const name of [...element.getAttributeNames()]) if (name === "class" || name === "style" || name.startsWith("data-")) element.removeAttribute(name);
  for (const [name, value] of values) element.setAttribute(name, value);
}

/** The picture as pixels on white. */
export async function pixels(saved: Saved, type: "image/png" | "image/jpeg", scale: number): Promise<Blob> {
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
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large for an image"))), type, 0.95);
  });
}

/** A PDF of one page that holds a JPEG image; sizes of the page in points. */
export function pdf(jpeg: Uint8Array, pixelSize: [number, number], page: [number, number]): Uint8Array<ArrayBuffer> {
  const [w, h] = page.map((x) => x.toFixed(2));
  const draw = `q ${w} 0 0 ${h} 0 0 cm /I Do Q`;
  const image = `/Type /XObject /Subtype /Image /Width ${pixelSize[0]} /Height ${pixelSize[1]} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode`;
  const objects: [string, Uint8Array | null][] = [
    ["<< /Type /Catalog /Pages 2 0 R >>", null],
    ["<< /Type /Pages /Kids [3 0 R] /Count 1 >>", null],
    [`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${w} ${h}] /Resources << /XObject << /I 5 0 R >> >> /Contents 4 0 R >>`, null],
    [`<< /Length ${draw.length} >>`, new TextEncoder().encode(draw)],
    [`<< ${image} /Length ${jpeg.length} >>`, jpeg],
  ];
  const parts: Uint8Array[] = [];
  const starts: number[] = [];
  let length = 0;
  const put = (part: string | Uint8Array) => {
    const bytes = typeof part === "string" ? new TextEncoder().encode(part) : part;
    parts.push(bytes);
    length += bytes.length;
  };
  put("%PDF-1.4\n");
  objects.forEach(([head, stream], k) => {
    starts.push(length);
    put(`${k + 1} 0 obj\n${head}\n`);
    if (stream) {
      put("stream\n");
      put(stream);
      put("\nendstream\n");
    }
    put("endobj\n");
  });
  const table = starts.map((start) => `${String(start).padStart(10, "0")} 00000 n \n`).join("");
  put(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF\n`);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export type Format = "svg" | "dot" | "png" | "pdf";

/** The file of a picture in a format. */
export async function fileOf(saved: Saved, dot: string, format: Format): Promise<Blob> {
  if (format === "dot") return new Blob([dot], { type: "text/vnd.graphviz" });
  if (format === "svg") return new Blob([saved.text], { type: "image/svg+xml" });
  if (format === "png") return pixels(saved, "image/png", 2);
  const jpeg = await pixels(saved, "image/jpeg", 4);
  const { width, height } = await createImageBitmap(jpeg);
  const bytes = new Uint8Array(await jpeg.arrayBuffer());
  return new Blob([pdf(bytes, [width, height], [saved.width * 0.75, saved.height * 0.75])], { type: "application/pdf" });
}

/** Offer a file to the person, as a download of the browser. */
export function download(name: string, file: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
