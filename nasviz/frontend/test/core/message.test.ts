import { describe, expect, test } from "vitest";
import { checkMessage, FIELDS, KINDS } from "../../src/core/message";

const good = { v: 1, view: "grammar", seq: 0, kind: "state", body: {} };

describe("checkMessage", () => {
  test("returns a good message", () => expect(checkMessage(good)).toBe(good));
  test.each([
    [null, "a message must be an object"],
    [[], "a message must be an object"],
    [{ ...good, extra: 1 }, "unknown field extra"],
    [{ ...good, v: 2 }, "message of version 2, expected 1"],
    [{ ...good, view: "" }, "view must be a name"],
    [{ ...good, view: "a".repeat(101) }, "view must be a name"],
    [{ ...good, seq: -1 }, "seq must be a whole number"],
    [{ ...good, seq: 0.5 }, "seq must be a whole number"],
    [{ ...good, kind: "eval" }, "unknown kind eval"],
    [{ ...good, body: [] }, "body must be an object"],
  ])("refuses %j", (message, sentence) => expect(checkMessage(message)).toBe(sentence));
  test("every kind passes", () => {
    for (const kind of KINDS) expect(typeof checkMessage({ ...good, kind })).toBe("object");
    expect(FIELDS).toHaveLength(5);
  });
});
