// @vitest-environment happy-dom
import { describe, expect, test } from "vitest";
import { pdfOf } from "../../src/core/pdf";
import { runsOf, Signs, written } from "../../src/core/pdf_text";
import { noteOf } from "../../src/core/save";

const svg = (inside: string) =>
  new DOMParser().parseFromString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -8 40 20">${inside}</svg>`, "image/svg+xml").documentElement;
const file = (inside: string, title = "t") => {
  const { bytes, missing } = pdfOf(svg(inside), title);
  return { text: new TextDecoder("latin1").decode(bytes), missing };
};

test("the table points at the objects, streams are as long as they say", () => {
  const { text } = file('<text x="0" y="0" fill="#000000" font-size="10px">⊕ a</text>');
  expect(text.startsWith("%PDF-1.4\n")).toBe(true);
  expect(text).toContain("/MediaBox [0 0 30 15]");
  const at = Number(/startxref\n(\d+)/.exec(text)![1]);
  expect(text.slice(at, at + 4)).toBe("xref");
  const starts = [...text.slice(at).matchAll(/(\d{10}) 00000 n/g)].map((m) => Number(m[1]));
  starts.forEach((start, k) => expect(text.slice(start).startsWith(`${k + 1} 0 obj\n`)).toBe(true));
  expect(Number(/\/Size (\d+)/.exec(text)![1])).toBe(starts.length + 1);
  for (const [, length, body] of text.matchAll(/\/Length (\d+) >>\nstream\n([\s\S]*?)\nendstream/g)) expect(body!.length).toBe(Number(length));
  expect(text).not.toContain("/Image");
});

describe("shapes", () => {
  test.each([
    ['<path d="M0,0C1,2 3,4 5,6 7,8 9,10 11,12" stroke="#ff0000" stroke-width="2px" stroke-dasharray="3px, 2px"/>', "1 0 0 RG\n2 w [3 2] 0 d\n0 0 m 1 2 3 4 5 6 c 7 8 9 10 11 12 c S"],
    ['<path d="M1 2L3 4 5 6Z" fill="#0000ff"/>', "0 0 1 rg\n1 2 m 3 4 l 5 6 l h f"],
    ['<polygon points="0,0 1,0 1,1" fill="#00ff00" stroke="#000000"/>', "0 1 0 rg\n0 0 0 RG\n1 w [] 0 d\n0 0 m 1 0 l 1 1 l h B"],
    ['<rect x="1" y="2" width="3" height="4" fill="#000000"/>', "1 2 3 4 re f"],
    ['<g transform="translate(4 260.5)"><polyline points="0,0 1,1" stroke="#000000"/></g>', "1 0 0 1 4 260.5 cm\nq\n0 0 0 RG\n1 w [] 0 d\n0 0 m 1 1 l S"],
  ])("%s", (element, expected) => expect(file(element).text).toContain(expected));
  test("ellipses are four curves", () => expect(file('<ellipse cx="5" cy="5" rx="2" ry="1" fill="#000000"/>').text.match(/ c\b/g)).toHaveLength(4));
  test("what covers only a part has a state of its own, once", () => {
    const half = '<rect width="1" height="1" fill="#000000" fill-opacity="0.5"/>';
    const { text } = file(half + half);
    expect(text).toContain("/ExtGState << /A0 << /ca 0.5 >> >>");
    expect(text.match(/\/A0 gs/g)).toHaveLength(2);
  });
  test("nothing is drawn without colour", () => expect(file('<rect width="1" height="1" fill="none"/>').text).not.toContain(" re"));
  test("other paths are refused", () => expect(() => file('<path d="M0 0A1 1 0 0 1 2 2" fill="#000000"/>')).toThrow("a path with A"));
});

describe("text", () => {
  const at = (text: string, more = "") => file(`<text x="10" y="5" fill="#000000" font-size="10px" ${more}>${text}</text>`);
  test("is text in a standard font, in its place", () => {
    expect(at("conv3x3").text).toContain("BT 1 0 0 -1 10 5 Tm\n/FN 10 Tf (conv3x3) Tj\nET");
    expect(at("ii", 'text-anchor="middle"').text).toContain("-1 7.78 5 Tm");
    expect(at("ii", 'text-anchor="end" font-weight="600"').text).toContain("-1 4.44 5 Tm\n/FB 10 Tf (ii) Tj");
  });
  test("is data", () => {
    expect(at("a) Tj (b\\").text).toContain("(a\\) Tj \\(b\\\\) Tj");
    expect(file("", "é) >> (").text).toContain("/Title <feff00e900290020003e003e00200028>");
  });
  test("Latin letters and signs have codes, drawn signs a font that copies as them", () => {
    const { text, missing } = at("é × › ⊕⊙‖−");
    expect(text).toContain("/FN 10 Tf (\\351 \\327 \\233 ) Tj\n/FS 10 Tf (\\001\\002\\003\\004) Tj");
    expect(text).toContain("4 beginbfchar <01> <2295> <02> <2299> <03> <2016> <04> <2212> endbfchar");
    expect(text).toContain("/Widths [800 800 400 584]");
    expect(missing).toEqual([]);
  });
  test("what no font has is a box that copies as itself, and is said", () => {
    const { text, missing } = at("日𝔸");
    expect(text).toContain("<01> <65e5> <02> <d835dd38>");
    expect(missing).toEqual(["日", "𝔸"]);
    expect(noteOf(missing)).toContain("draws 日 𝔸 as boxes");
    expect(noteOf([])).toBe("");
  });
  test("runs change with the font only", () => {
    const signs = new Signs();
    expect(runsOf("a⊕⊕b", "normal", signs).map(({ latin, codes, width }) => [latin, codes.length, width])).toEqual([[true, 1, 556], [false, 2, 1600], [true, 1, 556]]);
    expect(written([40, 9, 97])).toBe("(\\(\\011a)");
  });
});
