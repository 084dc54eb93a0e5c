/** Which entries of a merged log are asked for. It lives in the address, so that a view can be linked to. Pure. */
import { query } from "../api";

export const KINDS = ["guest", "interrupt", "reset", "other"] as const;
export type Filter = { kinds: string[]; vectors: string[]; text: string; repeated: boolean };

export const fromWords = (words: URLSearchParams): Filter => ({
  kinds: (words.get("kind") ?? "").split(",").filter((kind) => (KINDS as readonly string[]).includes(kind)),
  vectors: (words.get("vector") ?? "").split(",").filter((vector) => /^\d{1,3}$/.test(vector)),
  text: words.get("text") ?? "",
  repeated: words.get("repeated") === "true",
});

export const isEmpty = (filter: Filter): boolean =>
  filter.kinds.length === 0 && filter.vectors.length === 0 && filter.text === "" && !filter.repeated;

export const toQuery = (filter: Filter, more: Record<string, string | number | null>): string =>
  query({
    ...more,
    kind: filter.kinds.join(","),
    vector: filter.vectors.join(","),
    text: filter.text,
    repeated: filter.repeated ? "true" : null,
  });

/** @returns the list with the word, or without it when it was there */
export const toggled = (words: string[], word: string): string[] =>
  words.includes(word) ? words.filter((each) => each !== word) : [...words, word];

/** The line of an address such as #L1234, from 0; null for none. */
export function lineOf(hash: string): number | null {
  const match = /^#L(\d{1,15})$/.exec(hash);
  return match ? Number(match[1]) : null;
}

export const CHUNK = 200;

/** The chunks, by their number, that a window of entries touches. */
export function chunks(first: number, rows: number, total: number): number[] {
  const last = Math.min(total, first + rows) - 1;
  const touched: number[] = [];
  for (let chunk = Math.floor(Math.max(0, first) / CHUNK); chunk * CHUNK <= last; chunk++) touched.push(chunk);
  return touched;
}

/** Browsers lose count of pixels above some 17 million; past that the bar stands for a share of the log. */
const TALLEST = 8_000_000;

/** How high the scrolled content is. */
export const height = (total: number, row: number, view: number): number => Math.max(view, Math.min(TALLEST, total * row));

/** The first entry shown at a place of the scroll bar, and back. Inverse of each other up to rounding. */
export function entryAt(scroll: number, total: number, row: number, view: number): number {
  const most = height(total, row, view) - view;
  const last = Math.max(0, total - Math.floor(view / row));
  return most <= 0 ? 0 : Math.min(last, Math.round((scroll / most) * last));
}

export function scrollAt(entry: number, total: number, row: number, view: number): number {
  const most = height(total, row, view) - view;
  const last = Math.max(0, total - Math.floor(view / row));
  return last === 0 ? 0 : (Math.min(last, entry) / last) * most;
}
