import { expect, it } from "vitest";
import { again, curl, draft, EMPTY, NO_SETTING, request, settingOf, share, strategy, STRATEGIES, yaml } from "./submission";

const target = "60b7948a0f34";

it("leaves out what was left empty", () => {
  expect(request({ ...EMPTY, target, options: { shifts: "4, 6" } })).toEqual({ target, strategy: { kind: "random", shifts: [4, 6] }, stopAfterFailures: 1 });
  expect(request({ ...EMPTY, target, kind: "fixed", options: { shift: "5", delay: "7", shifts: "9" } }).strategy).toEqual({ kind: "fixed", shift: 5, delay: 7 });
});

it("has every strategy and every stop rule", () => {
  expect(STRATEGIES.map(({ kind }) => kind)).toEqual(["random", "sweep", "aligned", "traced", "adaptive", "fixed"]);
  expect(strategy({ kind: "adaptive", options: { strategies: "random aligned", buckets: "4", floor: "0.2" }, other: "" })).toEqual({
    kind: "adaptive", strategies: ["random", "aligned"], buckets: 4, floor: 0.2,
  });
  expect(request({ ...EMPTY, target, rateBelow: "1 in 20,000", wallTime: "8h", keepCheckpoints: false, iterations: "2e6" })).toMatchObject({
    stopWhenRateBelow: { rate: 0.00005, confidence: 0.95 }, wallTime: "8h", keepCheckpoints: false, iterations: 2_000_000,
  });
  expect([share("1/4"), share("0.5"), share(""), share("1 in x")]).toEqual([0.25, 0.5, undefined, "x"]);
});

it("leaves it to the server to refuse what is no number", () => {
  expect(request({ ...EMPTY, target, iterations: "many" }).iterations).toBe("many");
});

it("is the same as YAML and as curl", () => {
  const body = request({ ...EMPTY, target, name: "it's: one", iterations: "1,000,000", wallTime: "30m" });
  expect(yaml(body)).toBe(
    ['target: "60b7948a0f34"', 'name: "it\'s: one"', 'strategy: {"kind":"random"}', "iterations: 1000000", "wallTime: 30m", "stopAfterFailures: 1"].join("\n"),
  );
  expect(curl({ name: "it's" }, "http://localhost:8080")).toContain(`-d '{"name":"it'\\''s"}'`);
});

it("comes back from an address, but for the seed, which would repeat the job", () => {
  const job = {
    target, name: "n", iterationsPerBatch: 5, keepCheckpoints: false, budget: { iterations: 9, wallTime: null },
    stop: { failures: 2, whenRateBelow: { rate: 0.01, confidence: 0.9 } }, strategy: { kind: "ALIGNED", shifts: [4, 5], length: 1500, step: null, seed: 3 },
  };
  const words = new URLSearchParams(Object.entries(again(job)).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])));
  expect(request(draft(words))).toEqual({
    target, name: "n", strategy: { kind: "aligned", shifts: [4, 5], length: 1500 }, iterations: 9, stopAfterFailures: 2,
    stopWhenRateBelow: { rate: 0.01, confidence: 0.9 }, iterationsPerBatch: 5, keepCheckpoints: false,
  });
  const other = draft(new URLSearchParams({ strategy: '{"kind":"LATER","points":3}' }));
  expect(request(other).strategy).toEqual({ kind: "later", points: 3 });
  expect(draft(new URLSearchParams({ strategy: "{" })).kind).toBe("random");
});

it("names only what is other than usual in the machines, and takes it over from an earlier job without its seed", () => {
  expect(settingOf(NO_SETTING)).toBeUndefined();
  expect(request({ ...EMPTY, target }).setting).toBeUndefined();
  expect(settingOf({ ...NO_SETTING, extra: "1,200" })).toEqual({ extra: { offset: 1200 } });
  expect(settingOf({ ...NO_SETTING, extra: "soon", timerHz: "250", emulator: " 10.0 ", logging: true, free: true })).toEqual({ extra: { offset: "soon" }, timerHz: 250, logging: true, icount: false, emulator: "10.0" });
  const setting = { cpu: "core2duo", extra: { offset: 0, window: 5000, seed: 7 } };
  expect(request(draft(new URLSearchParams({ setting: JSON.stringify(setting) }))).setting).toEqual({ cpu: "core2duo", extra: { offset: 0, window: 5000 } });
  expect(draft(new URLSearchParams({ setting: "{" })).setting).toEqual(NO_SETTING);
});
