// @vitest-environment happy-dom
import { describe, expect, test } from "vitest";
import { positionsOf, readSvg } from "../../src/core/svg";

const wrap = (inside: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 1 1">${inside}</svg>`;

describe("readSvg", () => {
  test("keeps drawing, drops what could run", () => {
    const svg = readSvg(
      wrap(
        '<script>alert(1)</script><foreignObject><b>x</b></foreignObject><path d="M0 0" onclick="alert(1)" style="x"/>' +
          '<a xlink:href="javascript:alert(1)"><text fill="url(http://x)">t</text></a><image href="http://x"/><use href="#x"/>',
      ),
    );
    expect(svg.querySelectorAll("script, foreignObject, a, image, use")).toHaveLength(0);
    expect(svg.outerHTML).not.toMatch(/alert|onclick|style|http:\/\/x/);
    expect(svg.querySelector("path")?.getAttribute("d")).toBe("M0 0");
    expect(svg.textContent).toBe("t");
  });
  test("labels stay text", () => {
    expect(readSvg(wrap("<text>&lt;img src=x onerror=alert(1)&gt;</text>")).querySelector("img")).toBeNull();
  });
  test("unwraps what has a tooltip and makes ids data", () => {
    const svg = readSvg(wrap('<g id="p-0" class="node nv-op"><g id="a_p-0"><a xlink:title="conv at (0,)"><path d="M0 0"/><text>conv</text></a></g></g>'));
    const node = svg.querySelector<SVGGElement>(".node")!;
    expect(node.children).toHaveLength(2);
    expect(node.id).toBe("");
    expect(node.dataset.position).toBe("p-0");
    expect(node.dataset.tip).toBe("conv at (0,)");
  });
  test.each([
    ['id="j-4-p-1" class="node nv-join p-1"', [[1]]],
    ['id="c-0-2" class="cluster p-0-2"', [[0, 2]]],
    ['id="c" class="cluster p"', [[]]],
    ['id="p-0" class="nv-fold p-0 p-1 p-2"', [[0], [1], [2]]],
    ['id="in" class="nv-io"', []],
  ])("%s stands for %j", (attributes, positions) => {
    expect(positionsOf(readSvg(wrap(`<g ${attributes}/>`)).querySelector("g")!)).toEqual(positions);
  });
  test.each([
    ["r-0-2", "p-0-2"],
    ["r", "p"],
    ["k-1-0-p-0", "p-0"],
    ["p-0", undefined],
    ["j-1-0-p", undefined],
    ["root", undefined],
  ])("what goes in a difference: %s", (id, gone) => {
    expect(readSvg(wrap(`<g id="${id}"/>`)).querySelector<SVGGElement>("g")!.dataset.gone).toBe(gone);
  });
  test("names the stripes of a box", () => {
    const stripe = (fill: string, more: string) => `<polygon fill="${fill}" stroke="#00f" ${more} points="0,0 1,0 1,1"/>`;
    const thin = 'stroke-width="0.5"';
    const box = (name: string) => wrap(`<g class="node ${name}">${stripe("#00f", thin)}${stripe("#def", thin)}${stripe("none", "")}</g>`);
    const named = (name: string) => [...readSvg(box(name)).querySelectorAll("polygon")].map((part) => part.getAttribute("class"));
    expect(named("nv-nt nv-turn-1")).toEqual(["nv-band", "nv-ground", "nv-outline"]);
    expect(named("nv-nt")).toEqual([null, null, null]);
  });
  test("refuses what is no picture", () => expect(() => readSvg("<p/>")).toThrow("Graphviz gave no picture"));
});
