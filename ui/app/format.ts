/** How values look. Pure; the same on every machine: digits are grouped the English way. */
import type { Failure, Rate, Setting, Strategy } from "./types";

const NUMBER = new Intl.NumberFormat("en-US");
const COMPACT = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });

export const number = (value: number): string => NUMBER.format(value);

/** Binary units, as disks and logs are meant. */
export function bytes(size: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  let value = size;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : COMPACT.format(value)} ${units[unit]}`;
}

/** "1 in N", with N to three digits: no rate is known better. */
export function oneIn(rate: number): string {
  if (!(rate > 0)) return "never";
  return `1 in ${NUMBER.format(Number((1 / rate).toPrecision(3)))}`;
}

/** The 95 % interval, the more frequent end first. */
export function interval(rate: Rate): string {
  if (rate.low === null || rate.high === null) return "no random sample";
  const often = rate.high > 0 ? NUMBER.format(Number((1 / rate.high).toPrecision(3))) : "∞";
  const seldom = rate.low > 0 ? NUMBER.format(Number((1 / rate.low).toPrecision(3))) : "∞";
  return `${often} to ${seldom}`;
}

/** A share, to two digits. */
export const percent = (share: number): string => `${share > 0 && share < 0.995 ? Number((share * 100).toPrecision(2)) : Math.round(share * 100)} %`;

export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}

/** Relative, for people; the exact time belongs beside it. */
export function ago(at: string, now: number): string {
  const seconds = (now - Date.parse(at)) / 1000;
  if (seconds < 5) return "just now";
  return `${duration(seconds).replace(/\.\d/, "")} ago`;
}

export const word = (constant: string): string => constant.toLowerCase().replaceAll("_", " ");

export function strategyWords(strategy: Strategy): string {
  const options = Object.entries(strategy)
    .filter(([name, value]) => name !== "kind" && value !== null)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(" and ") : typeof value === "object" ? JSON.stringify(value) : String(value)}`);
  return [strategy.kind.toLowerCase(), ...options].join(", ");
}

/**
 * How a failure is made to go the same way once more: by its recording; by running its batch again, where its guest has several CPUs, which QEMU
 * does not record; or not at all, with icount off.
 */
export function repeatedBy(failure: Failure): "replay" | "run" | "never" {
  if (failure.coordinates.schedule.setting?.icount === false) return "never";
  return / -smp [2-9]( |$)/.test(failure.coordinates.machineOptions) ? "run" : "replay";
}

/** What is other than usual in the machines, in words; empty for nothing. */
export function settingWords(setting: Setting | null | undefined): string {
  if (!setting) return "";
  const extra = setting.extra;
  return [
    setting.cpu && `processor ${setting.cpu}`,
    extra && `an extra interrupt ${extra.window ? `drawn from ${extra.offset} to ${Number(extra.offset) + Number(extra.window) - 1}` : extra.offset} instructions behind the test's begin`,
    setting.timerHz && `${setting.timerHz} timer interrupts a second`,
    setting.emulator && `QEMU ${setting.emulator}`,
    setting.logging && "logging on",
    setting.icount === false && "icount off: nothing recorded, failures cannot be replayed",
  ].filter(Boolean).join(", ");
}

/**
 * Text of a guest as text: what a terminal would obey, or what would turn the line about, is made visible.
 * Control characters become their pictures (U+2400 and on), bidirectional controls their code points.
 */
export function visible(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b-\u001f]/g, (c) => String.fromCharCode(0x2400 + c.charCodeAt(0)))
    .replace(/\u007f/g, "\u2421")
    .replace(/[\u0080-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (c) => `<U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}>`);
}

/** A line's beginning, and how much was left out: a line of 10 MB must not become 10 MB of page. */
export function cut(text: string, most: number): { shown: string; left: number } {
  return text.length <= most ? { shown: text, left: 0 } : { shown: text.slice(0, most), left: text.length - most };
}
