// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, test } from "vitest";
import { ObjectiveChooser } from "../../src/board/objective";

function shown(objective: string, objectives: string[]) {
  const place = document.createElement("div");
  const told: string[] = [];
  const say = (name: string) => act(() => render(<ObjectiveChooser state={{ objective: name, objectives }} choose={(to) => told.push(to)} />, place));
  say(objective);
  return { say, told, chooser: () => place.querySelector("select"), label: () => place.textContent };
}

test("one objective leaves nothing to choose", () => {
  expect(shown("", []).chooser()).toBeNull();
});

test("what is chosen is told once and shows at once; what Python says counts", () => {
  const { say, told, chooser } = shown("energy", ["energy", "accuracy"]);
  expect([...chooser()!.options].map((o) => o.value)).toEqual(["energy", "accuracy"]);
  expect(chooser()!.value).toBe("energy");
  act(() => {
    chooser()!.value = "accuracy";
    chooser()!.dispatchEvent(new Event("change", { bubbles: true }));
  });
  expect(told).toEqual(["accuracy"]);
  expect(chooser()!.value).toBe("accuracy");
  say("accuracy");
  expect(chooser()!.value).toBe("accuracy");
  say("energy");
  expect(chooser()!.value).toBe("energy");
});
