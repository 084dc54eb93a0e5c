import { cut, number, visible } from "../format";
import type { LogEntry } from "../types";

/** A row shows this much; the opened entry shows all that the server gives, and the download has the rest. */
const SHORT = 600;

export const whole = (entry: LogEntry): string => entry.text ?? entry.raw;

/** CR3, where the entry has registers. */
export const addressSpace = (entry: LogEntry): string | null => {
  const cr3 = entry.registers?.CR3;
  return cr3 === undefined ? null : String(cr3);
};

export function summary(entry: LogEntry): string {
  if (entry.kind !== "interrupt") return whole(entry);
  const parts = [entry.name ?? (entry.vector === null ? "" : `v=${entry.vector}`)];
  if (entry.call !== null && entry.call !== undefined) parts.push(`call ${entry.call}`);
  if (entry.symbol) parts.push(entry.symbol);
  if (entry.ip !== null) parts.push(`at ${entry.ip}`);
  if (entry.errorCode) parts.push(`error ${entry.errorCode}`);
  for (const name of entry.vector === 1 ? ["DR6", "DR7"] : []) {
    const value = entry.debugRegisters?.[name];
    if (value !== undefined) parts.push(`${name} ${value}`);
  }
  if (entry.vector === 14 && entry.cr2 !== null) parts.push(`CR2 ${entry.cr2}`);
  return parts.join("  ");
}

/** @param before the address space of the entries above it; null where that is not known */
export function Row({ entry, before, linked, open, onOpen }: { entry: LogEntry; before: string | null; linked: boolean; open: boolean; onOpen: () => void }) {
  const space = addressSpace(entry);
  const { shown, left } = cut(summary(entry).replace(/\r?\n$/, ""), SHORT);
  return (
    <div className={`entry ${entry.kind}${linked ? " linked" : ""}${entry.repeats ? " repeats" : ""}${open ? " open" : ""}`} onClick={onOpen}>
      <a href={`#L${entry.number}`} tabIndex={-1} onClick={(event) => event.stopPropagation()}>{number(entry.number)}</a>
      <span className="iteration" title="iteration">{entry.iterationFrom === null ? "" : number(entry.iterationFrom)}</span>
      <span className="mark" aria-hidden="true">{entry.kind === "guest" ? "›" : entry.kind === "interrupt" ? "⚡" : entry.kind === "reset" ? "↺" : "·"}</span>
      <span className="words">{visible(shown.replaceAll("\n", " ⏎ "))}</span>
      {space !== null && before !== null && space !== before && <small className="space" title="Different address space from the entry before: CR3">CR3 {space}</small>}
      {left > 0 && <small>{number(left)} characters more</small>}
      {entry.repeats && <small className="again">repeats {number(entry.repeats.entry)}</small>}
    </div>
  );
}

/** @param filtered whether its neighbours in the log are not to be seen */
export function Detail({ entry, filtered, close, jump }: { entry: LogEntry; filtered: boolean; close: () => void; jump: (entry: number) => void }) {
  const registers = Object.entries({ ...entry.registers, ...entry.debugRegisters });
  const differs = new Set(entry.repeats?.differs ?? []);
  return (
    <aside className="detail" aria-label={`Entry ${entry.number}`}>
      <header>
        <strong>Entry {number(entry.number)}</strong>
        <span className="quiet">
          {entry.kind}
          {entry.iterationFrom !== null && `, iteration ${number(entry.iterationFrom)}${entry.iterationTo !== entry.iterationFrom && entry.iterationTo !== null ? ` to ${number(entry.iterationTo)}` : ""}`}
          {entry.instruction !== null && `, instruction ${number(entry.instruction)}`}, {number(entry.length)} bytes
        </span>
        {filtered && <button type="button" onClick={() => jump(entry.number)}>Show what is around it</button>}
        <button type="button" onClick={close}>Close</button>
      </header>
      {entry.repeats && (
        <p>
          The same trap as <button type="button" className="link" onClick={() => jump(entry.repeats!.entry)}>entry {number(entry.repeats.entry)}</button>
          {differs.size > 0 ? `, but for ${[...differs].join(", ")}.` : "."}
        </p>
      )}
      {registers.length > 0 && (
        <dl className="registers">
          {registers.map(([name, value]) => <div key={name} className={differs.has(name) ? "differs" : undefined}><dt>{name}</dt><dd>{String(value)}</dd></div>)}
        </dl>
      )}
      <pre tabIndex={0}>{visible(entry.raw)}</pre>
    </aside>
  );
}
