// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, test } from "vitest";
import { afterKey, Handle, LEAST, within } from "../../src/core/handle";
import { forgetSizes, pageOf, recallSize, rememberSize } from "../../src/core/memory";

beforeEach(() => {
  localStorage.clear();
  document.body.replaceChildren();
});

test("keys change a size within its limits", () => {
  expect(afterKey("ArrowRight", false, "x", 300, 800)).toBe(316);
  expect(afterKey("ArrowLeft", true, "x", 300, 800)).toBe(220);
  expect(afterKey("ArrowDown", false, "x", 300, 800)).toBeUndefined();
  expect(afterKey("ArrowDown", false, "y", 795, 800)).toBe(800);
  expect(afterKey("Home", false, "y", 300, 800)).toBe(LEAST);
  expect(afterKey("End", false, "y", 300, 800)).toBe(800);
  expect(afterKey("Enter", false, "y", 300, 800)).toBeNull();
  expect(within(10, 20)).toBe(LEAST);
});

test("sizes are remembered by page and forgotten together", () => {
  rememberSize("a.ipynb", "pane-tree", 300.4);
  rememberSize("b.ipynb", "pane-tree", 400);
  expect(recallSize("a.ipynb", "pane-tree")).toBe(300);
  expect(recallSize("a.ipynb", "pane-graph")).toBeNull();
  forgetSizes("a.ipynb");
  expect(recallSize("a.ipynb", "pane-tree")).toBeNull();
  expect(recallSize("b.ipynb", "pane-tree")).toBe(400);
  localStorage.setItem("nasviz:size:b.ipynb:pane-tree", "wide");
  expect(recallSize("b.ipynb", "pane-tree")).toBeNull();
});

test("a page is the notebook, where there is one", () => {
  document.body.innerHTML = '<li data-id="n1" title="Name: a.ipynb\nPath: x/a.ipynb\nLast Saved: now"></li><div class="jp-NotebookPanel" id="n1"><p></p></div><b></b>';
  expect(pageOf(document.querySelector("p")!)).toBe("x/a.ipynb");
  expect(pageOf(document.querySelector("b")!)).toBe(location.pathname);
});

const shown = (root: HTMLElement) =>
  act(() => render(<div class="pane"><Handle name="tree" label="Width of the tree" axis="x" pane={(line) => line.parentElement} /></div>, root));

test("a line gives its pane a size, keeps it for the next one, and can give it back", async () => {
  const root = document.createElement("div");
  document.body.append(root);
  rememberSize(location.pathname, "tree", 250);
  await shown(root);
  const line = root.querySelector<HTMLElement>("[role=separator]")!;
  const pane = root.querySelector<HTMLElement>(".pane")!;
  expect(pane.style.getPropertyValue("--nv-size")).toBe("250px");
  expect(pane.hasAttribute("data-nv-sized-x")).toBe(true);
  expect(line.getAttribute("aria-valuetext")).toBe("250 pixels");
  await act(() => line.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true })) as unknown as void);
  expect(pane.hasAttribute("data-nv-sized-x")).toBe(false);
  expect(line.getAttribute("aria-valuetext")).toBe("its own size");
  expect(recallSize(location.pathname, "tree")).toBeNull();
  await act(() => line.dispatchEvent(new KeyboardEvent("keydown", { key: "Home", bubbles: true })) as unknown as void);
  expect(recallSize(location.pathname, "tree")).toBe(LEAST);
  await act(() => forgetSizes(location.pathname));
  expect(pane.hasAttribute("data-nv-sized-x")).toBe(false);
});
