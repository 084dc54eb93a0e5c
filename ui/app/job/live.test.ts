import { expect, it } from "vitest";
import type { Job, Sample } from "../types";
import { joined } from "./live";

const sample = (iterations: number): Sample => ({ at: "2026-01-01T00:00:00Z", iterations, failures: 0, failureRate: { perIteration: 0, low: 0, high: 1 } });

it("puts what was kept and what came since into one row, each count once", () => {
  const job = { state: "COMPLETED", iterations: 40, failures: 0, finishedAt: "2026-01-01T00:00:09Z", failureRate: sample(1).failureRate } as Job;
  expect(joined([sample(10), sample(20)], [sample(20), sample(30)], null).map((s) => s.iterations)).toEqual([10, 20, 30]);
  expect(joined([sample(10)], [], job).map((s) => s.iterations)).toEqual([10, 40]);
  expect(joined([sample(10), sample(40)], [], job).map((s) => s.iterations)).toEqual([10, 40]);
  expect(joined([], [], { ...job, state: "RUNNING" })).toEqual([]);
});
