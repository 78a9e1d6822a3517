import { describe, expect, test } from "vitest";
import { isLive, type JobInfo, overall } from "../src/training";

const job = (phase: JobInfo["phase"]): JobInfo => ({
  id: phase,
  label: "conv",
  phase,
  progress: 0,
  detail: "",
  clock: "",
  reason: "",
  traceback: "",
});

describe("overall", () => {
  test.each<[JobInfo["phase"][], string]>([
    [[], ""],
    [["done"], "done"],
    [["done", "running", "waiting"], "running"],
    [["done", "waiting"], "waiting"],
    [["done", "failed", "stopped"], "failed"],
    [["done", "stopped"], "stopped"],
  ])("%j is %s", (phases, expected) => {
    expect(overall(phases.map(job))).toBe(expected);
  });
});

test("a job that has ended is not live", () => {
  expect((["waiting", "starting", "running", "done", "failed", "stopped"] as const).map((p) => isLive(job(p)))).toEqual([
    true, true, true, false, false, false,
  ]);
});
