import { expect, test } from "vitest";
import { marked } from "../src/difference";

test("marks survive as plain text", () => {
  expect(marked([[" ", "f(x, "], ["-", "x"], ["+", "y"], [" ", ")"]])).toBe("f(x, [-x-]{+y+})");
});
