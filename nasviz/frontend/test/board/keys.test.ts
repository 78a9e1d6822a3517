// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { onKey } from "../../src/board/keys";

function press(key: string, html = "<p class='at'></p>", more: KeyboardEventInit = {}) {
  document.body.innerHTML = html;
  const send = vi.fn();
  const help = vi.fn();
  let took = false;
  document.querySelector(".at")!.addEventListener("keydown", (event) => (took = onKey(event as KeyboardEvent, send, help)));
  document.querySelector(".at")!.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...more }));
  return { took, sent: send.mock.calls[0] ?? null, help: help.mock.calls.length };
}

test.each<[string, unknown[]]>([
  ["j", ["step", { by: 1 }]],
  ["ArrowDown", ["step", { by: 1 }]],
  ["ArrowRight", ["step", { by: 1 }]],
  ["k", ["step", { by: -1 }]],
  ["ArrowUp", ["step", { by: -1 }]],
  ["ArrowLeft", ["step", { by: -1 }]],
  ["b", ["best", {}]],
  ["Escape", ["choose", { trial: null }]],
])("%s asks for %j", (key, asked) => {
  expect(press(key)).toEqual({ took: true, sent: asked, help: 0 });
});

test("the question mark shows the keys", () => {
  expect(press("?")).toEqual({ took: true, sent: null, help: 1 });
});

test.each(["x", "Enter", "Tab"])("%s is left to others", (key) => {
  expect(press(key)).toEqual({ took: false, sent: null, help: 0 });
});

test("a key with Ctrl, Alt or the command key is left to others", () => {
  for (const more of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }]) expect(press("j", undefined, more).took).toBe(false);
});

test.each([
  ["<input class='at'>", false, false],
  ["<select class='at'></select>", false, false],
  ["<div role='tablist'><button class='at'></button></div>", true, false],
  ["<div class='nv-stage'><p class='at'></p></div>", true, false],
  ["<div class='nv-scroll'><p class='at'></p></div>", true, false],
  ["<button class='at'></button>", true, true],
])("in %s letters count: %s, arrows: %s", (html, letters, arrows) => {
  expect(press("j", html).took).toBe(letters);
  expect(press("ArrowDown", html).took).toBe(arrows);
});
