import { describe, expect, it } from "vitest";
import { ago, bytes, cut, duration, interval, number, oneIn, strategyWords, visible } from "./format";

describe("numbers", () => {
  it("have separators and units", () => {
    expect(number(1234567)).toBe("1,234,567");
    expect([0, 1023, 1024, 5_242_880, 1.5 * 2 ** 30].map(bytes)).toEqual(["0 B", "1023 B", "1 KiB", "5 MiB", "1.5 GiB"]);
    expect([0.42, 12, 90, 7_200, 400_000].map(duration)).toEqual(["0.4 s", "12 s", "2 min", "2 h", "5 d"]);
  });
  it("say rates as one in N, to three digits", () => {
    expect(oneIn(1 / 21_417)).toBe("1 in 21,400");
    expect(oneIn(0)).toBe("never");
    expect(interval({ perIteration: 1e-3, low: 1 / 4567, high: 1 / 123 })).toBe("123 to 4,570");
    expect(interval({ perIteration: 0, low: 0, high: 1 })).toBe("1 to ∞");
  });
});

it("times are relative", () => {
  const now = Date.parse("2026-01-01T12:00:00Z");
  expect(ago("2026-01-01T11:59:59Z", now)).toBe("just now");
  expect(ago("2026-01-01T11:59:30Z", now)).toBe("30 s ago");
  expect(ago("2026-01-01T09:00:00Z", now)).toBe("3 h ago");
});

describe("text of a guest", () => {
  it("shows what a terminal would obey", () => {
    expect(visible("\u001b[31mred\u0007\u0000\r")).toBe("␛[31mred␇␀␍");
    expect(visible("abc\u202edcb\u009b")).toBe("abc<U+202E>dcb<U+009B>");
    expect(visible("a\tb\nc <script>")).toBe("a\tb\nc <script>");
  });
  it("is cut when it is long", () => {
    expect(cut("x".repeat(10_000_000), 600)).toEqual({ shown: "x".repeat(600), left: 9_999_400 });
    expect(cut("short", 600).left).toBe(0);
  });
});

it("a strategy is told with its options", () => {
  expect(strategyWords({ kind: "RANDOM", shifts: [4, 6], seed: 1, more: null })).toBe("random, shifts 4 and 6, seed 1");
});
