import { expect, test } from "vitest";
import { SavedModel } from "../src/standalone";

test("a saved model remembers, tells and says that there is no kernel", () => {
  const model = new SavedModel({ value: "a" });
  const heard: unknown[] = [];
  const custom = (message: never) => heard.push(message);
  model.on("change:value", () => heard.push(model.get("value")));
  model.on("msg:custom", custom);
  model.set("value", "b");
  model.send({ v: 1, view: "grammar", seq: 0, kind: "ready", body: {} });
  model.send({ v: 1, view: "grammar", seq: 4, kind: "command", body: { name: "sample" } });
  expect(heard[0]).toBe("b");
  expect(heard).toHaveLength(2);
  expect(heard[1]).toMatchObject({ v: 1, view: "grammar", kind: "error", body: { re: 4 } });
  model.off("msg:custom", custom);
  model.send({ v: 1, view: "grammar", seq: 5, kind: "command", body: { name: "sample" } });
  expect(heard).toHaveLength(2);
});
