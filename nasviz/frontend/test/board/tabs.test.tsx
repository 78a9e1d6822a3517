// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, test } from "vitest";
import { FigurePane, unsaid, useTab } from "../../src/board/figure_pane";
import { selectedPoint, type BoardState, type TabInfo } from "../../src/board/state";
import { afterKey } from "../../src/board/tabs";

const NAMES = ["history", "regret", "pareto"];
const TABS: TabInfo[] = NAMES.map((name) => [name, name.toUpperCase(), `how to read ${name}`]);

beforeEach(() => {
  localStorage.clear();
  document.body.innerHTML = "";
});

test.each([
  ["ArrowRight", "history", "regret"],
  ["ArrowRight", "pareto", "history"],
  ["ArrowLeft", "history", "pareto"],
  ["Home", "pareto", "history"],
  ["End", "history", "pareto"],
  ["Enter", "history", null],
])("%s on %s leads to %s", (key, now, next) => {
  expect(afterKey(key, NAMES, now)).toBe(next);
});

function shown(said: string, told: string[]) {
  const place = document.body.appendChild(document.createElement("div"));
  function Shown({ says }: { says: string }) {
    const [now, onTab] = useTab("progress", NAMES, says, (name) => told.push(name));
    return (
      <FigurePane id="b" name="progress" label="Progress" about="error" plots={null} tabs={TABS} now={now} onTab={onTab} figures={{}} selected={null} onChoose={() => {}} />
    );
  }
  const say = (says: string) => act(() => render(<Shown says={says} />, place));
  say(said);
  const tab = (name: string) => [...place.querySelectorAll<HTMLElement>("[role=tab]")].find((t) => t.textContent === name.toUpperCase())!;
  return { place, say, tab, open: () => place.querySelector("[aria-selected=true]")!.textContent!.toLowerCase() };
}

test("one tab is selected and in the order of Tab, and names the panel", () => {
  const { place, tab } = shown("history", []);
  expect([...place.querySelectorAll<HTMLElement>("[role=tab]")].map((t) => t.tabIndex)).toEqual([0, -1, -1]);
  const panel = place.querySelector("[role=tabpanel]")!;
  expect(panel.getAttribute("aria-labelledby")).toBe(tab("history").id);
  expect(tab("regret").getAttribute("aria-controls")).toBe(panel.id);
  expect(place.querySelector(".nv-skeleton")).not.toBeNull();
});

test("a press and an arrow open a tab at once, Python is told, the browser remembers", () => {
  const told: string[] = [];
  const { tab, open, say } = shown("history", told);
  act(() => tab("pareto").click());
  expect(open()).toBe("pareto");
  act(() => void tab("pareto").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true })));
  expect([open(), document.activeElement?.textContent, told]).toEqual(["regret", "REGRET", ["pareto", "regret"]]);
  expect(localStorage.getItem("nasviz:board-progress")).toBe("regret");
  say("regret");
  say("pareto");
  expect(open()).toBe("pareto");
});

test("an answer to an earlier press does not take a later one back", () => {
  const { tab, open, say } = shown("history", []);
  act(() => tab("regret").click());
  act(() => tab("pareto").click());
  say("regret");
  expect(open()).toBe("pareto");
  say("pareto");
  expect(open()).toBe("pareto");
  say("history");
  expect(open()).toBe("history");
  expect([unsaid(["a", "b", "c"], "b"), unsaid(["a"], "x"), unsaid([], "x")]).toEqual([["c"], [], []]);
});

test("what was open the last time is open again, unless the cell says otherwise", () => {
  localStorage.setItem("nasviz:board-progress", "regret");
  const told: string[] = [];
  expect(shown("history", told).open()).toBe("regret");
  expect(told).toEqual(["regret"]);
  expect(shown("pareto", told).open()).toBe("pareto");
  localStorage.setItem("nasviz:board-progress", "no longer there");
  expect(shown("history", told).open()).toBe("history");
  expect(told).toEqual(["regret"]);
});

test("why there is no figure is said in its place", () => {
  const place = document.body.appendChild(document.createElement("div"));
  const figures = { history: { figure: null, note: "", trouble: "The surrogate needs two trials with a value." } };
  act(() => render(<FigurePane id="b" name="surrogate" label="Surrogate" about="error" plots={null} tabs={TABS} now="history" onTab={() => {}} figures={figures} selected={null} onChoose={() => {}} />, place));
  expect(place.querySelector(".nv-empty")!.textContent).toBe("The surrogate needs two trials with a value.");
});

test("a saved page says that it has no other figure", () => {
  const place = document.body.appendChild(document.createElement("div"));
  act(() => render(<FigurePane id="b" name="surrogate" label="Surrogate" about="error" plots={null} tabs={TABS} now="history" onTab={() => {}} figures={{}} selected={null} frozen onChoose={() => {}} />, place));
  expect(place.querySelector(".nv-empty")!.textContent).toBe("This figure was not open when the page was saved.");
});

test("what is selected is a trial by its number, else the term that is shown", () => {
  const state = (more: object) => ({ chosen: null, detail: null, ...more }) as unknown as BoardState;
  expect(selectedPoint(state({}))).toBeNull();
  expect(selectedPoint(state({ detail: { body: { term: { text: "conv" } } } }))).toBe("conv");
  expect(selectedPoint(state({ chosen: { trial: 0 }, detail: { body: { term: { text: "conv" } } } }))).toBe(0);
});
