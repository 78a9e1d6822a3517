import { expect, test } from "vitest";
import { type Card, cardWords, costOf, firstPossible, following, neighbour, type Place, type StepperBody, stretch, told } from "../../src/stepper/body";

const card = (number: number, possible = true): Card => ({
  number,
  pieces: [["f(", -1], ["A", 0], [")", -1]],
  remaining: possible ? "12" : "0",
  exact: "12",
  possible,
  share: possible ? 0.5 : null,
  share_text: possible ? "50 %" : "",
  probability: null,
  probability_text: "",
  size: "3 … 9",
});
const place = (...position: number[]): Place => ({ position, name: "A", hue: 0, forced: false });
const body = (more: Partial<StepperBody> = {}): StepperBody =>
  ({ cards: [card(0)], places: [place(0)], place: [0], open: 1, done: false, summary: "12 architectures remain", cost: "parameters", costs: null, ...more }) as StepperBody;

test("open places follow one another, and the ends meet", () => {
  const places = [place(0), place(1, 2), place(3)];
  expect(neighbour(places, [0], 1)).toEqual([1, 2]);
  expect(neighbour(places, [0], -1)).toEqual([3]);
  expect(neighbour(places, [3], 1)).toEqual([0]);
  expect(neighbour(places, null, 1)).toEqual([0]);
  expect(neighbour(places, [9, 9], -1)).toEqual([0]);
  expect(neighbour([], null, 1)).toBeNull();
});

test("what is not possible is passed over", () => {
  const cards = [card(0, false), card(1), card(2, false), card(3)];
  expect(firstPossible(cards)).toBe(1);
  expect(following(cards, 1, 1)).toBe(3);
  expect(following(cards, 3, 1)).toBe(3);
  expect(following(cards, 3, -1)).toBe(1);
  expect(following(cards, 1, -1)).toBe(1);
  expect(firstPossible([])).toBe(0);
  expect(firstPossible([card(0, false)])).toBe(0);
});

test("a long term is shown around a place", () => {
  const tokens = Array.from({ length: 100 }, (_, node) => ({ text: `${node}`, node, name: true }));
  expect(stretch(tokens, 5, 200)[0]).toHaveLength(100);
  const [middle, before, after] = stretch(tokens, 50, 20);
  expect([middle[0]!.node, middle.length, before, after]).toEqual([40, 20, true, true]);
  expect(stretch(tokens, 99, 20)[0].at(-1)!.node).toBe(99);
  expect(stretch(tokens, 0, 20).slice(1)).toEqual([false, true]);
});

test("a screen reader hears what remains", () => {
  expect(told(body())).toBe("12 architectures remain; 1 open place. At A: 1 production.");
  expect(told(body({ done: true, summary: "complete" }))).toBe("Derivation complete: complete.");
  expect(told(body({ open: 400, place: [7], summary: "" }))).toBe("400 open places.");
});

test("a card in words says what is known", () => {
  expect(cardWords(card(0), body())).toBe("f(A), 12 remain, share 50 %");
  const costs = { note: "", whole: "", cards: { "0": "3 … 4 parameters" } };
  expect(cardWords(card(0), body({ costs }))).toBe("f(A), 12 remain, share 50 %, 3 … 4 parameters");
  expect(cardWords(card(0, false), body())).toBe("f(A): no architecture remains");
});

test("sizes and costs of one's own need no second answer", () => {
  expect(costOf(card(0), body({ cost: "operators" }))).toBe("3 … 9 operators");
  expect(costOf({ ...card(0), size: "1" }, body({ cost: "operators" }))).toBe("1 operator");
  expect(costOf(card(0), body({ cost: "cost" }))).toBe("3 … 9 cost");
  expect(costOf(card(0), body())).toBe("");
});
