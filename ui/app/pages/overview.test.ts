import { expect, it, vi } from "vitest";

vi.stubGlobal("addEventListener", () => {});
vi.mock("../chart", () => ({ Chart: () => null }));
const { remaining, slices } = await import("./overview");

it("hours make days, and days without failures are there too", () => {
  const now = Date.parse("2026-03-08T10:00:00Z");
  const { x, failures, crashes } = slices(
    [
      { at: "2026-03-08T01:00:00Z", failures: 2, crashes: 1 },
      { at: "2026-03-08T09:00:00Z", failures: 3, crashes: 0 },
      { at: "2026-03-02T00:00:00Z", failures: 7, crashes: 0 },
      { at: "2026-03-01T23:00:00Z", failures: 99, crashes: 0 },
    ],
    now,
    7,
    86_400,
  );
  expect(x).toHaveLength(7);
  expect(failures).toEqual([7, 0, 0, 0, 0, 0, 5]);
  expect(crashes).toEqual([0, 0, 0, 0, 0, 0, 1]);
  expect(slices([{ at: "2026-03-08T09:00:00Z", failures: 3, crashes: 0 }], now, 24, 3_600).failures.slice(-2)).toEqual([3, 0]);
});

it("what is left is told by the pace so far", () => {
  const job = { startedAt: "2026-01-01T00:00:00Z", iterations: 900, iterationsRunning: 100, budget: { iterations: 4_000 } };
  const now = Date.parse("2026-01-01T00:00:10Z");
  expect(remaining(job as never, now)).toBeCloseTo(30);
  expect(remaining({ ...job, startedAt: null } as never, now)).toBeNull();
});
