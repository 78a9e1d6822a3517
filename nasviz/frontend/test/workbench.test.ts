import { expect, test } from "vitest";
import { type BenchBody, pressed, remembered } from "../src/workbench";

const body: BenchBody = {
  title: "digits",
  panes: ["grammar", "derive", "architecture"].map((name) => ({ name, title: name, tip: "" })),
  open: ["grammar", "architecture"],
  asked: false,
};

test("a press opens or closes one pane, in the order of all", () => {
  expect(pressed(body, "derive")).toEqual(["grammar", "derive", "architecture"]);
  expect(pressed(body, "grammar")).toEqual(["architecture"]);
});

test("what was open the last time is opened, unless the cell asks for panes", () => {
  expect(remembered(null, body)).toBeNull();
  expect(remembered("architecture,derive,train", body)).toEqual(["derive", "architecture"]);
  expect(remembered("grammar,architecture", body)).toBeNull();
  expect(remembered("", body)).toEqual([]);
  expect(remembered("derive", { ...body, asked: true })).toBeNull();
});
