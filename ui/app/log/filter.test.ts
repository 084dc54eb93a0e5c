import { describe, expect, it } from "vitest";
import { chunks, entryAt, fromWords, height, isEmpty, lineOf, scrollAt, toggled, toQuery } from "./filter";

const ROW = 20;
const VIEW = 480;

describe("a filter", () => {
  it("survives the address, without what is not one", () => {
    const filter = fromWords(new URLSearchParams("kind=guest,evil&vector=1,14,x&text=a%26b&repeated=true"));
    expect(filter).toEqual({ kinds: ["guest"], vectors: ["1", "14"], text: "a&b", repeated: true });
    expect(toQuery(filter, { from: 0 })).toBe("?from=0&kind=guest&vector=1%2C14&text=a%26b&repeated=true");
    expect(isEmpty(fromWords(new URLSearchParams()))).toBe(true);
    expect(toggled(["a", "b"], "a")).toEqual(["b"]);
  });
  it("knows a linked line", () => {
    expect([lineOf("#L0"), lineOf("#L123"), lineOf("#L"), lineOf("#x")]).toEqual([0, 123, null, null]);
  });
});

describe("the window over a log", () => {
  it("asks for the chunks that it touches", () => {
    expect(chunks(0, 25, 10)).toEqual([0]);
    expect(chunks(190, 25, 1_000)).toEqual([0, 1]);
    expect(chunks(0, 25, 0)).toEqual([]);
  });
  it.each([10, 24, 25, 1_000, 400_000, 12_000_000])("reaches both ends of %i entries, and comes back to where it was", (total) => {
    const last = Math.max(0, total - VIEW / ROW);
    expect(entryAt(0, total, ROW, VIEW)).toBe(0);
    expect(entryAt(height(total, ROW, VIEW) - VIEW, total, ROW, VIEW)).toBe(last);
    expect(height(total, ROW, VIEW)).toBeLessThanOrEqual(8_000_000);
    for (const entry of [0, Math.floor(last / 3), last]) {
      const error = Math.abs(entryAt(scrollAt(entry, total, ROW, VIEW), total, ROW, VIEW) - entry);
      expect(error).toBe(0);
    }
  });
});
