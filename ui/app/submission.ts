import type { Setting } from "./types";

/** A submission as the form holds it, and the forms in which the API and the command line take it. Pure. */
export type Option = { name: string; label: string; hint: string; list?: "numbers" | "words"; placeholder?: string };

const SHIFTS: Option = { name: "shifts", label: "Shifts", hint: "an instruction takes 2^shift ns; empty: as at boot", list: "numbers", placeholder: "4, 6" };
const SEED: Option = { name: "seed", label: "Seed", hint: "empty: a new one" };

/** What the form offers. A strategy that is not here can still be submitted again, as the earlier job had it. */
export const STRATEGIES: { kind: string; words: string; options: Option[] }[] = [
  { kind: "random", words: "random delay before each iteration, as in plain looping", options: [SHIFTS, SEED] },
  {
    kind: "sweep",
    words: "every phase of the timer once, in order",
    options: [SHIFTS, { name: "step", label: "Step", hint: "instructions from one place to the next; empty: 1, every place" }],
  },
  {
    kind: "aligned",
    words: "delays such that the next tick lands inside the test",
    options: [
      SHIFTS,
      { name: "length", label: "Length of the test", hint: "instructions; empty: a whole timer period" },
      { name: "step", label: "Step", hint: "tries each place once; empty: draws them" },
      SEED,
    ],
  },
  { kind: "traced", words: "the timer at each place of the traced test once: modules and traps first", options: [SHIFTS] },
  {
    kind: "adaptive",
    words: "more where failures were found",
    options: [
      SHIFTS,
      { name: "strategies", label: "Arms", hint: "random, aligned, or both; empty: both", list: "words", placeholder: "random, aligned" },
      { name: "buckets", label: "Buckets", hint: "parts of the period for aligned arms; empty: 8" },
      { name: "floor", label: "Floor", hint: "share spread evenly over all arms; empty: 0.1" },
      SEED,
    ],
  },
  {
    kind: "fixed",
    words: "one schedule, one run",
    options: [
      { name: "shift", label: "Shift", hint: "an instruction takes 2^shift ns; empty: as at boot", placeholder: "4" },
      { name: "delay", label: "Delay", hint: "instructions before each iteration" },
    ],
  },
];

/** As the API has them; which of them a target can be run on, the server says. */
export const PROCESSORS = ["pentium3", "athlon", "coreduo", "qemu32", "qemu64", "core2duo", "phenom", "Nehalem", "Haswell", "EPYC", "max"];

/** What is other than usual in the machines, as typed. */
export type SettingChoice = { cpu: string; extra: string; extraWindow: string; timerHz: string; emulator: string; logging: boolean; free: boolean };
export const NO_SETTING: SettingChoice = { cpu: "", extra: "", extraWindow: "", timerHz: "", emulator: "", logging: false, free: false };

export type Choice = {
  kind: string;
  /** by name, as typed */
  options: Record<string, string>;
  /** a strategy that the form has no fields for, as JSON */
  other: string;
};
export type Draft = Choice & {
  setting: SettingChoice;
  target: string;
  name: string;
  iterations: string;
  wallTime: string;
  stopAfterFailures: string;
  /** "1 in 20,000", or a share */
  rateBelow: string;
  confidence: string;
  iterationsPerBatch: string;
  keepCheckpoints: boolean;
};

export const RANDOM: Choice = { kind: "random", options: {}, other: "" };
export const EMPTY: Draft = {
  ...RANDOM, setting: NO_SETTING, target: "", name: "", iterations: "", wallTime: "", stopAfterFailures: "1", rateBelow: "", confidence: "0.95",
  iterationsPerBatch: "", keepCheckpoints: true,
};

/** What is no number goes out as it was typed, so that the server says what is wrong with it. */
function given(text: string): number | string | undefined {
  const plain = text.trim().replaceAll(",", "");
  if (plain === "") return undefined;
  return Number.isNaN(Number(plain)) ? text.trim() : Number(plain);
}

/** @returns a share, from "1 in 20,000" or from itself */
export function share(text: string): number | string | undefined {
  const oneIn = /^1\s*(?:in|\/)\s*(.+)$/.exec(text.trim());
  const value = given(oneIn ? oneIn[1]! : text);
  return oneIn && typeof value === "number" ? 1 / value : value;
}

export function strategy(choice: Choice): unknown {
  if (choice.other) return JSON.parse(choice.other) as unknown;
  const known = STRATEGIES.find((each) => each.kind === choice.kind)?.options ?? [];
  const words = known.map(({ name, list }) => {
    const text = choice.options[name] ?? "";
    if (!list) return [name, given(text)] as const;
    const parts = text.split(/[\s,]+/).filter(Boolean);
    return [name, parts.length === 0 ? undefined : list === "words" ? parts : parts.map(given)] as const;
  });
  return { kind: choice.kind, ...Object.fromEntries(words.filter(([, value]) => value !== undefined)) };
}

/** @returns as the API takes it; undefined when nothing is other than usual */
export function settingOf(choice: SettingChoice): Setting | undefined {
  const offset = given(choice.extra);
  const window = given(choice.extraWindow);
  const extra = offset === undefined && window === undefined ? undefined : { offset: offset ?? 0, ...(window === undefined ? {} : { window }) };
  const fields = { cpu: choice.cpu.trim() || undefined, extra, timerHz: given(choice.timerHz), logging: choice.logging || undefined, icount: choice.free ? false : undefined, emulator: choice.emulator.trim() || undefined };
  const named = Object.entries(fields).filter(([, value]) => value !== undefined);
  return named.length === 0 ? undefined : (Object.fromEntries(named) as Setting);
}

/** The other way round. The seed of the extra interrupt is left out: the same one would draw the same. */
export const settingChoice = (setting: Setting | null | undefined): SettingChoice => ({
  cpu: setting?.cpu ?? "",
  extra: String(setting?.extra?.offset ?? ""),
  extraWindow: setting?.extra?.window ? String(setting.extra.window) : "",
  timerHz: String(setting?.timerHz ?? ""),
  emulator: setting?.emulator ?? "",
  logging: setting?.logging === true,
  free: setting?.icount === false,
});

/** What is left out is left to the server. */
export function request(draft: Draft): Record<string, unknown> {
  const rate = share(draft.rateBelow);
  const fields: Record<string, unknown> = {
    target: draft.target,
    name: draft.name.trim() || undefined,
    strategy: strategy(draft),
    setting: settingOf(draft.setting),
    iterations: given(draft.iterations),
    wallTime: draft.wallTime.trim() || undefined,
    stopAfterFailures: given(draft.stopAfterFailures),
    stopWhenRateBelow: rate === undefined ? undefined : { rate, confidence: Number(draft.confidence) },
    iterationsPerBatch: given(draft.iterationsPerBatch),
    keepCheckpoints: draft.keepCheckpoints ? undefined : false,
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

/** The words of an address that make the form what an earlier job was. */
export const again = (job: {
  target: string; name: string; strategy: unknown; setting?: Setting | null; iterationsPerBatch: number; findsBatchSize?: boolean; keepCheckpoints: boolean;
  budget: { iterations: number; wallTime: string | null }; stop: { failures: number; whenRateBelow: { rate: number; confidence: number } | null };
}): Record<string, string | number | null> => ({
  target: job.target,
  name: job.name,
  strategy: JSON.stringify(job.strategy),
  setting: job.setting ? JSON.stringify(job.setting) : null,
  iterations: job.budget.iterations,
  wallTime: job.budget.wallTime,
  stopAfterFailures: job.stop.failures,
  rateBelow: job.stop.whenRateBelow?.rate ?? null,
  confidence: job.stop.whenRateBelow?.confidence ?? null,
  iterationsPerBatch: job.findsBatchSize ? null : job.iterationsPerBatch,
  keepCheckpoints: job.keepCheckpoints ? null : "false",
});

/** From the words of an address, as {@link again} makes them. */
export function draft(words: URLSearchParams): Draft {
  const from: Draft = { ...EMPTY, keepCheckpoints: words.get("keepCheckpoints") !== "false" };
  for (const field of ["target", "name", "iterations", "wallTime", "stopAfterFailures", "rateBelow", "confidence", "iterationsPerBatch"] as const) {
    from[field] = words.get(field) ?? from[field];
  }
  try {
    from.setting = settingChoice(JSON.parse(words.get("setting") ?? "null") as Setting | null);
  } catch {
    // as below
  }
  const text = words.get("strategy");
  if (!text) return from;
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const kind = String(value.kind).toLowerCase();
    const known = STRATEGIES.find((each) => each.kind === kind);
    if (!known) return { ...from, kind, other: JSON.stringify({ ...value, kind }) };
    // Not the seed: the same one would run the same schedules, and so find the same.
    const options = known.options.filter(({ name }) => name !== "seed" && value[name] !== undefined && value[name] !== null);
    return { ...from, kind, options: Object.fromEntries(options.map(({ name }) => [name, [value[name]].flat().join(", ")])) };
  } catch {
    // An address that somebody has cut off; the form shows what is there.
    return from;
  }
}
