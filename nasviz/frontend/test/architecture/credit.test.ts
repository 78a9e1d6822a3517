// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import type { Credits } from "../../src/architecture/body";
import { creditLoad, markCredits } from "../../src/architecture/credit";
import { hatching, paint, signPath } from "../../src/core/paint";
import { TermIndex } from "../../src/core/term";

const index = new TermIndex({
  text: "f(a, b, c)",
  operators: ["f", "a", "b", "c"],
  arity: [3, 0, 0, 0],
  start: [0, 2, 5, 8],
  stop: [10, 3, 6, 9],
  labels: [[], [], [], []],
});
const credits: Credits = {
  value: [0.9, 0.2, -0.1, null],
  verdict: ["helps", "helps", "hurts", "none"],
  words: ["helps: all", "helps: −2 %", "hurts: +1 %", "no credit"],
  amount: ["", "", "", ""],
  gradient: ["", "", "", ""],
  trials: [1, 2, 3, 4],
  note: "",
  measures: { credit: "", gradient: "", trials: "" },
};

function picture(): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const name of ["p", "p-0", "p-1", "p-2"]) {
    const node = document.createElementNS(svg.namespaceURI, "g") as SVGGElement;
    node.setAttribute("class", "node");
    node.dataset.position = name;
    node.dataset.tip = name;
    const shape = document.createElementNS(svg.namespaceURI, "path") as SVGPathElement;
    shape.getBBox = () => ({ x: 0, y: 0, width: 40, height: 20 }) as DOMRect;
    node.append(shape, document.createElementNS(svg.namespaceURI, "text"));
    svg.append(node);
  }
  return svg;
}

describe("credit", () => {
  it("is drawn with a side, a sign and a bar, and taken away", () => {
    const svg = picture();
    expect(paint(svg, creditLoad(credits, index))).toBeCloseTo(0.2); // the whole does not set the scale
    const [, helps, hurts, none] = [...svg.children] as SVGGElement[];
    expect(helps!.classList.contains("nv-helps")).toBe(true);
    expect(hurts!.classList.contains("nv-hurts")).toBe(true);
    expect(hurts!.style.getPropertyValue("--nv-share")).toBe("50%");
    expect(Number(helps!.querySelector("rect")!.getAttribute("x"))).toBe(20);
    expect(Number(hurts!.querySelector("rect")!.getAttribute("x"))).toBe(11);
    expect(helps!.querySelector(".nv-sign")!.getAttribute("d")!.match(/M/g)).toHaveLength(2);
    expect(hurts!.querySelector(".nv-sign")!.getAttribute("d")!.match(/M/g)).toHaveLength(1);
    expect(helps!.dataset.tip).toBe("p-0\nhelps: −2 %");
    expect(none!.children).toHaveLength(2);
    expect(none!.dataset.tip).toBe("p-2");
    paint(svg, null);
    expect(svg.querySelectorAll("rect, .nv-sign, .nv-helps, .nv-hurts")).toHaveLength(0);
    expect(helps!.dataset.tip).toBe("p-0");
  });

  it("is hatched where it is unsure", () => {
    const svg = picture();
    paint(svg, creditLoad({ ...credits, verdict: ["unsure", "unsure", "hurts", "none"] }, index));
    const node = svg.children[1] as SVGGElement;
    expect(node.querySelector(".nv-hatch")).not.toBeNull();
    expect(node.querySelector(".nv-sign, rect")).toBeNull();
    expect(node.lastElementChild!.localName).toBe("text");
  });

  it("marks the text, and unmarks it", () => {
    const spans = index.info.operators.map(() => document.createElement("span"));
    const undo = markCredits(credits, index, (node) => spans[node]);
    expect(spans.map((span) => span.className)).toEqual(["nv-helps", "nv-helps", "nv-hurts", ""]);
    expect(spans[1]!.dataset.tip).toBe("helps: −2 %");
    undo();
    expect(spans.map((span) => span.className)).toEqual(["", "", "", ""]);
    expect(spans[1]!.dataset.tip).toBeUndefined();
  });

  it("of a fold of several places is their sum", () => {
    const load = creditLoad(credits, index);
    expect(load.value([[0], [1]], false)).toBeCloseTo(0.1);
    expect(load.value([[2]], false)).toBeNull();
    expect(load.verdict!([[2]], false)).toBeNull();
  });

  it("is hatched inside its box, with lines that every format knows", () => {
    const numbers = [...hatching(10, 20, 30, 12).matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
    expect(numbers.length).toBeGreaterThan(4);
    for (const [x, y] of numbers) {
      expect(x).toBeGreaterThanOrEqual(10);
      expect(x).toBeLessThanOrEqual(40);
      expect(y).toBeGreaterThanOrEqual(20);
      expect(y).toBeLessThanOrEqual(32);
    }
    expect(hatching(10, 20, 30, 12)).toMatch(/^[ML\d., ]+$/);
    expect(signPath(0, 0, true)).toMatch(/^[ML\d., -]+$/);
  });
});
