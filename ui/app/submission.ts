/** A submission as the form holds it, and the forms in which the API and the command line take it. Pure. */
export type Draft = {
  target: string;
  name: string;
  kind: string;
  /** of random: shifts; of fixed: one shift */
  shifts: string;
  seed: string;
  delay: string;
  iterations: string;
  wallTime: string;
  stopAfterFailures: string;
  iterationsPerBatch: string;
  /** a strategy that the form has no fields for, as JSON */
  other: string;
};

export const EMPTY: Draft = {
  target: "", name: "", kind: "random", shifts: "", seed: "", delay: "", iterations: "1000000",
  wallTime: "", stopAfterFailures: "1", iterationsPerBatch: "", other: "",
};

const given = (text: string): number | undefined => (text.trim() === "" ? undefined : Number(text.trim().replaceAll(",", "")));

function strategy(draft: Draft): unknown {
  if (draft.other) return JSON.parse(draft.other) as unknown;
  const shifts = draft.shifts.split(/[\s,]+/).filter(Boolean).map(Number);
  const options: Record<string, unknown> = {};
  if (draft.kind === "fixed") {
    if (shifts[0] !== undefined) options.shift = shifts[0];
    if (given(draft.delay) !== undefined) options.delay = given(draft.delay);
  } else if (draft.kind === "random") {
    if (shifts.length > 0) options.shifts = shifts;
    if (given(draft.seed) !== undefined) options.seed = given(draft.seed);
  }
  return { kind: draft.kind, ...options };
}

/** What is left out is left to the server. */
export function request(draft: Draft): Record<string, unknown> {
  const fields: Record<string, unknown> = {
    target: draft.target,
    name: draft.name.trim() || undefined,
    strategy: strategy(draft),
    iterations: given(draft.iterations),
    wallTime: draft.wallTime.trim() || undefined,
    stopAfterFailures: given(draft.stopAfterFailures),
    iterationsPerBatch: given(draft.iterationsPerBatch),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** A JSON value is a YAML value, so that nothing needs to be quoted by other rules. */
export const yaml = (body: Record<string, unknown>): string =>
  Object.entries(body)
    .map(([name, value]) => `${name}: ${typeof value === "string" && /^[A-Za-z][\w-]*$|^[0-9]+(ns|us|ms|s|m|h)$/.test(value) ? value : JSON.stringify(value)}`)
    .join("\n");

export const curl = (body: Record<string, unknown>, origin: string): string =>
  `curl -H 'Content-Type: application/json' -d '${JSON.stringify(body).replaceAll("'", "'\\''")}' ${origin}/api/v1/jobs`;

/** From the words of an address, as "Submit again" makes it. */
export function draft(words: URLSearchParams): Draft {
  const from: Draft = { ...EMPTY };
  for (const field of ["target", "name", "iterations", "wallTime", "stopAfterFailures", "iterationsPerBatch"] as const) {
    from[field] = words.get(field) ?? from[field];
  }
  const text = words.get("strategy");
  if (!text) return from;
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const kind = String(value.kind).toLowerCase();
    if (kind === "random" || kind === "fixed") {
      from.kind = kind;
      from.shifts = kind === "fixed" ? String(value.shift ?? "") : ((value.shifts as number[] | undefined) ?? []).join(", ");
      // Not the seed: the same one would run the same schedules, and so find the same.
      from.delay = value.delay === undefined ? "" : String(value.delay);
    } else {
      from.kind = kind;
      from.other = JSON.stringify({ ...value, kind });
    }
  } catch {
    // An address that somebody has cut off; the form shows what is there.
  }
  return from;
}
