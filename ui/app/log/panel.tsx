import { useState } from "react";
import { get, query, type Problem } from "../api";
import { bytes, number } from "../format";
import { Show, Trouble } from "../parts";
import { useResource } from "../resource";
import { go, setQuery, useAddress } from "../router";
import type { LogEntry, LogPage } from "../types";
import { Detail } from "./entry";
import { fromWords, isEmpty, KINDS, lineOf, toggled, toQuery } from "./filter";
import { Found } from "./found";
import { Scroller } from "./scroller";

export type Summary = {
  bytes: number;
  entries: number;
  complete: boolean;
  firstIteration: number | null;
  lastIteration: number | null;
  kinds: Record<string, number>;
  vectors: { vector: number; name: string; count: number }[];
  repeatedTrapCount: number;
  repeatedTraps: number[];
  failureEntry: number | null;
};

const jump = (entry: number) => go(`${location.pathname}${location.search}#L${entry}`, true);

export function LogPanel({ failure }: { failure: string }) {
  const summary = useResource(`log ${failure}`, (signal) => get<Summary>(`/failures/${failure}/log/summary`, signal));
  const [problem, setProblem] = useState<Problem | null>(null);
  const [open, setOpen] = useState<LogEntry | null>(null);
  const address = useAddress();
  const filter = fromWords(address.searchParams);
  if (summary.problem?.status === 404) {
    return <p className="quiet">This log cannot be shown here{summary.problem.message.startsWith("No static resource") ? "" : `: ${summary.problem.message}`}. It can be downloaded below: <code>zstdcat merged.log.zst | less</code></p>;
  }
  const iteration = async (text: string) => {
    try {
      const page = await get<LogPage>(`/failures/${failure}/log/entries${query({ iteration: text, limit: 1 })}`);
      setProblem(null);
      if (page.entries[0]) {
        setQuery({ kind: null, vector: null, text: null, repeated: null });
        jump(page.entries[0].number);
      }
    } catch (e) {
      setProblem(e as Problem);
    }
  };
  const line = lineOf(address.hash);
  return (
    <Show of={summary}>
      {(s) => {
        const at = Math.min(line ?? s.failureEntry ?? Math.max(0, s.entries - 1), Math.max(0, s.entries - 1));
        const nextRepeated = s.repeatedTraps.find((trap) => trap > at) ?? s.repeatedTraps[0];
        return (
          <div className="log">
            <div className="tools">
              {KINDS.filter((kind) => (s.kinds[kind] ?? 0) > 0).map((kind) => (
                <label key={kind} className={`check ${kind}`}>
                  <input type="checkbox" checked={filter.kinds.includes(kind)} onChange={() => setQuery({ kind: toggled(filter.kinds, kind).join(",") })} />
                  {kind} <small>{number(s.kinds[kind] ?? 0)}</small>
                </label>
              ))}
              {s.vectors.length > 0 && (
                <select aria-label="Vector" value={filter.vectors[0] ?? ""} onChange={(event) => setQuery({ vector: event.target.value })}>
                  <option value="">any vector</option>
                  {s.vectors.map((vector) => <option key={vector.vector} value={vector.vector}>{vector.name} · {number(vector.count)}</option>)}
                </select>
              )}
              <form role="search" onSubmit={(event) => { event.preventDefault(); setQuery({ text: String(new FormData(event.currentTarget).get("text")) }); }}>
                <input key={filter.text} type="search" name="text" aria-label="Text in the log" placeholder="Text, as written" defaultValue={filter.text} />
                <button type="submit">Search</button>
              </form>
              <form onSubmit={(event) => { event.preventDefault(); void iteration(String(new FormData(event.currentTarget).get("iteration")).replaceAll(",", "")); }}>
                <input name="iteration" inputMode="numeric" className="short" aria-label="Go to iteration" placeholder={`iteration ${s.firstIteration ?? ""}–${s.lastIteration ?? ""}`} />
                <button type="submit">Go</button>
              </form>
              {s.failureEntry !== null && <button type="button" onClick={() => jump(s.failureEntry!)}>Failure</button>}
              {nextRepeated !== undefined && <button type="button" onClick={() => jump(nextRepeated)} title="The same trap twice in one iteration, with the same registers and address space, which a bug of the kernel or of the emulator may have caused">Next repeated trap <small>{number(s.repeatedTrapCount)}</small></button>}
              {!isEmpty(filter) && <button type="button" onClick={() => setQuery({ kind: null, vector: null, text: null, repeated: null })}>Show all</button>}
            </div>
            {problem && <Trouble problem={problem} />}
            {isEmpty(filter)
              ? <Scroller failure={failure} total={s.entries} at={at} linked={line} open={open} onOpen={setOpen} />
              : <Found key={toQuery(filter, {})} failure={failure} filter={filter} open={open} onOpen={setOpen} />}
            {open && <Detail entry={open} filtered={!isEmpty(filter)} close={() => setOpen(null)} jump={(entry) => { setQuery({ kind: null, vector: null, text: null, repeated: null }); jump(entry); }} />}
            <p className="quiet">{number(s.entries)} entries, {bytes(s.bytes)}{!s.complete && ", not complete"}. <kbd>↑</kbd> <kbd>↓</kbd> <kbd>PgUp</kbd> <kbd>PgDn</kbd> <kbd>Home</kbd> <kbd>End</kbd> move; a click or <kbd>Enter</kbd> opens an entry, <kbd>Esc</kbd> closes it, its number links to it.</p>
          </div>
        );
      }}
    </Show>
  );
}
