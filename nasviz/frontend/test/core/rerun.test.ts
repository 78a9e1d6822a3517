// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { rerunner } from "../../src/core/rerun";

function page(): Element {
  const panel = document.createElement("div");
  panel.className = "jp-NotebookPanel";
  const item = document.createElement("div");
  item.dataset.jpItemName = "run";
  item.append(document.createElement("button"));
  const cell = document.createElement("div");
  cell.className = "jp-CodeCell";
  const prompt = document.createElement("div");
  prompt.className = "jp-InputArea-prompt";
  const view = document.createElement("div");
  cell.append(prompt, view);
  panel.append(item, cell);
  document.body.replaceChildren(panel);
  return view;
}

test("the cell is made the active one, then the notebook's button is pressed", () => {
  const view = page();
  const heard: string[] = [];
  document.querySelector(".jp-CodeCell")!.addEventListener("mousedown", () => heard.push("cell"));
  document.querySelector("button")!.addEventListener("click", () => heard.push("run"));
  rerunner(view)!();
  expect(heard).toEqual(["cell", "run"]);
});

test("elsewhere there is no such button", () => {
  page();
  document.querySelector("button")!.remove();
  expect(rerunner(document.querySelector(".jp-CodeCell > div:last-child")!)).toBeNull();
  expect(rerunner(document.body)).toBeNull();
});
