import { expect, it } from "vitest";
import { curl, draft, EMPTY, request, yaml } from "./submission";

const target = "60b7948a0f34";

it("leaves out what was left empty", () => {
  expect(request({ ...EMPTY, target, shifts: "4, 6" })).toEqual({
    target,
    strategy: { kind: "random", shifts: [4, 6] },
    iterations: 1_000_000,
    stopAfterFailures: 1,
  });
  expect(request({ ...EMPTY, target, kind: "fixed", shifts: "5", delay: "7", iterations: "" }).strategy).toEqual({ kind: "fixed", shift: 5, delay: 7 });
});

it("is the same as YAML and as curl", () => {
  const body = request({ ...EMPTY, target, name: "it's: one", wallTime: "30m" });
  expect(yaml(body)).toBe(
    ['target: "60b7948a0f34"', 'name: "it\'s: one"', 'strategy: {"kind":"random"}', "iterations: 1000000", "wallTime: 30m", "stopAfterFailures: 1"].join("\n"),
  );
  expect(curl({ name: "it's" }, "http://localhost:8080")).toContain(`-d '{"name":"it'\\''s"}'`);
});

it("comes back from an address, but for the seed, which would repeat the job", () => {
  const words = new URLSearchParams({ target, iterations: "9", strategy: '{"kind":"RANDOM","shifts":[4,5],"seed":3}' });
  expect(draft(words)).toMatchObject({ target, iterations: "9", kind: "random", shifts: "4, 5", seed: "" });
  const other = draft(new URLSearchParams({ strategy: '{"kind":"SWEEP","points":3}' }));
  expect(request(other).strategy).toEqual({ kind: "sweep", points: 3 });
  expect(draft(new URLSearchParams({ strategy: "{" })).kind).toBe("random");
});
