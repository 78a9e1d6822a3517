/** A drawn picture as a PDF of one page: paths and text, nothing of it an image. Knows what Graphviz draws. */
import { readColour, shares } from "./colour";
import { runsOf, Signs, written } from "./pdf_text";

/** CSS pixels to points */
const POINTS = 0.75;

const number = (x: number): string => String(Number(x.toFixed(3)));
const numbersIn = (text: string | null): number[] => [...(text ?? "").matchAll(/-?\d*\.?\d+(?:e[-+]?\d+)?/gi)].map(([n]) => Number(n));

/** The picture, and the characters that are drawn as boxes since no standard font has them. */
export interface Pdf {
  bytes: Uint8Array<ArrayBuffer>;
  missing: string[];
}

/** `svg` as `standalone` of save.ts writes it: styles as attributes, groups with translations only. */
export function pdfOf(svg: Element, title: string): Pdf {
  const [left = 0, top = 0, width = 1, height = 1] = numbersIn(svg.getAttribute("viewBox"));
  const page = new Page();
  page.put(`${POINTS} 0 0 ${-POINTS} ${number(-left * POINTS)} ${number((height + top) * POINTS)} cm`);
  page.draw(svg);
  return { bytes: page.document([width * POINTS, height * POINTS], title), missing: page.signs.missing };
}

class Page {
  readonly signs = new Signs();
  #lines: string[] = [];
  #alphas: string[] = [];

  put(line: string): void {
    this.#lines.push(line);
  }

  draw(element: Element): void {
    const shift = /^translate\(/.test(element.getAttribute("transform") ?? "") ? numbersIn(element.getAttribute("transform")) : null;
    this.put("q");
    if (shift) this.put(`1 0 0 1 ${number(shift[0] ?? 0)} ${number(shift[1] ?? 0)} cm`);
    const alpha = Number(element.getAttribute("opacity") ?? 1);
    if (element.localName === "text") this.#text(element, alpha);
    else if (element.localName === "svg" || element.localName === "g") for (const child of element.children) this.draw(child);
    else this.#shape(element, alpha);
    this.put("Q");
  }

  #shape(element: Element, alpha: number): void {
    const path = outline(element);
    if (path === "") return;
    const fill = this.#colour(element, "fill", alpha);
    const stroke = this.#colour(element, "stroke", alpha);
    if (stroke) {
      this.put(`${number(numbersIn(element.getAttribute("stroke-width"))[0] ?? 1)} w [${numbersIn(element.getAttribute("stroke-dasharray")).map(number).join(" ")}] 0 d`);
    }
    if (fill || stroke) this.put(`${path} ${fill && stroke ? "B" : fill ? "f" : "S"}`);
  }

  /** Set the colour of fill or stroke; false where there is none. */
  #colour(element: Element, what: "fill" | "stroke", alpha: number): boolean {
    const colour = readColour(element.getAttribute(what) ?? "none");
    if (!colour) return false;
    const share = colour.alpha * alpha * Number(element.getAttribute(`${what}-opacity`) ?? 1);
    if (share < 1) this.put(`/A${this.#alpha(`/${what === "fill" ? "ca" : "CA"} ${number(share)}`)} gs`);
    this.put(`${shares(colour.hex)} ${what === "fill" ? "rg" : "RG"}`);
    return true;
  }

  #alpha(state: string): number {
    const known = this.#alphas.indexOf(state);
    return known >= 0 ? known : this.#alphas.push(state) - 1;
  }

  #text(element: Element, alpha: number): void {
    const text = (element.textContent ?? "").trim();
    if (text === "" || !this.#colour(element, "fill", alpha)) return;
    const size = numbersIn(element.getAttribute("font-size"))[0] ?? 14;
    const weight = numbersIn(element.getAttribute("font-weight"))[0] ?? 400;
    const bold = weight >= 600 || element.getAttribute("font-weight") === "bold";
    const runs = runsOf(text, bold ? "bold" : "normal", this.signs);
    const width = (runs.reduce((sum, run) => sum + run.width, 0) * size) / 1000;
    const anchor = element.getAttribute("text-anchor");
    const x = Number(element.getAttribute("x") ?? 0) - (anchor === "middle" ? width / 2 : anchor === "end" ? width : 0);
    this.put(`BT 1 0 0 -1 ${number(x)} ${number(Number(element.getAttribute("y") ?? 0))} Tm`);
    for (const run of runs) this.put(`/${run.latin ? (bold ? "FB" : "FN") : "FS"} ${number(size)} Tf ${written(run.codes)} Tj`);
    this.put("ET");
  }

  document(page: [number, number], title: string): Uint8Array<ArrayBuffer> {
    const font = (name: string) => `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
    const states = this.#alphas.map((state, k) => `/A${k} << ${state} >>`).join(" ");
    const fonts = `/FN 5 0 R /FB 6 0 R${this.signs.codes.size ? " /FS 8 0 R" : ""}`;
    const objects = [
      "<< /Type /Catalog /Pages 2 0 R >>",
      "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${page.map(number).join(" ")}] /Resources << /Font << ${fonts} >> /ExtGState << ${states} >> >> /Contents 4 0 R >>`,
      stream(this.#lines.join("\n")),
      font("Helvetica"),
      font("Helvetica-Bold"),
      `<< /Creator (nasviz) /Title ${unicode(title)} >>`,
      ...signFont(this.signs, 8),
    ];
    return assemble(objects, 7);
  }
}

/** The outline of an element in operators of PDF; "" for what draws nothing. */
function outline(element: Element): string {
  const attribute = (name: string) => Number(element.getAttribute(name) ?? 0);
  switch (element.localName) {
    case "path":
      return pathOf(element.getAttribute("d") ?? "");
    case "polygon":
    case "polyline": {
      const n = numbersIn(element.getAttribute("points")).map(number);
      const steps = n.flatMap((x, k) => (k % 2 ? [] : [`${x} ${n[k + 1]} ${k ? "l" : "m"}`]));
      return steps.join(" ") + (element.localName === "polygon" ? " h" : "");
    }
    case "rect":
      return `${["x", "y", "width", "height"].map((name) => number(attribute(name))).join(" ")} re`;
    case "ellipse":
    case "circle": {
      const [x, y] = [attribute("cx"), attribute("cy")];
      const [a, b] = element.localName === "circle" ? [attribute("r"), attribute("r")] : [attribute("rx"), attribute("ry")];
      const [k, l] = [a * 0.5523, b * 0.5523];
      const curve = (...points: number[]) => `${points.map(number).join(" ")} c`;
      return [
        `${number(x + a)} ${number(y)} m`,
        curve(x + a, y + l, x + k, y + b, x, y + b),
        curve(x - k, y + b, x - a, y + l, x - a, y),
        curve(x - a, y - l, x - k, y - b, x, y - b),
        curve(x + k, y - b, x + a, y - l, x + a, y),
        "h",
      ].join(" ");
    }
    default:
      return "";
  }
}

const OPERATORS: Record<string, [operands: number, operator: string]> = { M: [2, "m"], L: [2, "l"], C: [6, "c"], Z: [0, "h"] };

/** The paths that Graphviz writes: absolute, of lines and curves. */
function pathOf(d: string): string {
  const found: string[] = [];
  for (const [, letter, rest] of d.matchAll(/([a-z])([^a-z]*)/gi)) {
    const operator = OPERATORS[letter!] ?? OPERATORS[letter === "z" ? "Z" : ""];
    if (!operator) throw new Error(`a path with ${letter} cannot be written as PDF`);
    const n = numbersIn(rest!).map(number);
    if (operator[0] === 0) found.push("h");
    for (let k = 0; k < n.length; k += operator[0] || n.length) {
      found.push(`${n.slice(k, k + operator[0]).join(" ")} ${k > 0 && letter === "M" ? "l" : operator[1]}`);
    }
  }
  return found.join(" ");
}

/** The font of drawn signs from object `first` on: its dictionary, the table of its characters, its glyphs. */
function signFont(signs: Signs, first: number): string[] {
  const all = [...signs.codes];
  if (all.length === 0) return [];
  const names = all.map(([, code]) => `/s${code}`);
  const glyphs = all.map(([character]) => signs.glyph(character));
  const procedures = names.map((name, k) => `${name} ${first + 2 + k} 0 R`).join(" ");
  const pairs = all.map(([character, code]) => `<${hex(code, 2)}> <${utf16(character)}>`);
  const table = [
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Signs def /CMapType 2 def",
    "1 begincodespacerange <00> <ff> endcodespacerange",
    ...Array.from({ length: Math.ceil(pairs.length / 100) }, (_, k) => pairs.slice(100 * k, 100 * k + 100)).map((part) => `${part.length} beginbfchar ${part.join(" ")} endbfchar`),
    "endcmap CMapName currentdict /CMap defineresource pop end end",
  ].join("\n");
  return [
    `<< /Type /Font /Subtype /Type3 /FontBBox [0 -200 1000 800] /FontMatrix [0.001 0 0 0.001 0 0] /CharProcs << ${procedures} >> ` +
      `/Encoding << /Type /Encoding /Differences [1 ${names.join(" ")}] >> /FirstChar 1 /LastChar ${all.length} ` +
      `/Widths [${glyphs.map(({ width }) => width).join(" ")}] /Resources << >> /ToUnicode ${first + 1} 0 R >>`,
    stream(table),
    ...glyphs.map(({ width, draw }) => stream(`${width} 0 0 -200 1000 800 d1\n${draw}`)),
  ];
}

const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, "0");
const utf16 = (text: string): string => Array.from({ length: text.length }, (_, k) => hex(text.charCodeAt(k), 4)).join("");
const unicode = (text: string): string => `<feff${utf16(text)}>`;
const stream = (text: string): string => `<< /Length ${text.length} >>\nstream\n${text}\nendstream`;

/** Objects 1, 2, … as a file; all of it is ASCII. */
function assemble(objects: readonly string[], info: number): Uint8Array<ArrayBuffer> {
  let file = "%PDF-1.4\n";
  const starts = objects.map((object, k) => {
    const start = file.length;
    file += `${k + 1} 0 obj\n${object}\nendobj\n`;
    return start;
  });
  const table = starts.map((start) => `${String(start).padStart(10, "0")} 00000 n \n`).join("");
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer << /Size ${objects.length + 1} /Root 1 0 R /Info ${info} 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return new TextEncoder().encode(file);
}
