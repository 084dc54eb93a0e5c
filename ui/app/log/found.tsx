import { useState, type KeyboardEvent } from "react";
import { get, Problem } from "../api";
import { Empty, Trouble } from "../parts";
import { useResource } from "../resource";
import type { LogEntry, LogPage } from "../types";
import { addressSpace, Row } from "./entry";
import { CHUNK, toQuery, type Filter } from "./filter";

/** A request looks through a bounded part of the log and may find nothing there: so some at once, and then a person decides. */
const TURNS = 20;
/** Who sees a first entry can wait for the others. */
const PATIENCE_MILLIS = 400;

async function look(failure: string, filter: Filter, from: number, signal?: AbortSignal): Promise<LogPage> {
  let page = await get<LogPage>(`/failures/${failure}/log/entries${toQuery(filter, { from, limit: CHUNK })}`, signal);
  const entries = [...page.entries];
  const until = performance.now() + PATIENCE_MILLIS;
  for (let turn = 1; turn < TURNS && entries.length < CHUNK && page.next !== null && (entries.length === 0 || performance.now() < until); turn++) {
    page = await get<LogPage>(`/failures/${failure}/log/entries${toQuery(filter, { from: page.next, limit: CHUNK })}`, signal);
    entries.push(...page.entries);
  }
  return { ...page, entries };
}

/** The entries that a filter lets through, from the log's beginning, page by page. */
export function Found({ failure, filter, open, onOpen }: { failure: string; filter: Filter; open: LogEntry | null; onOpen: (entry: LogEntry) => void }) {
  const first = useResource(`${failure} ${toQuery(filter, {})}`, (signal) => look(failure, filter, 0, signal));
  const [more, setMore] = useState<LogPage[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const pages = first.value ? [first.value, ...more] : [];
  const entries = pages.flatMap((page) => page.entries);
  let space: string | null = null;
  const before = entries.map((entry) => {
    const above = space;
    space = addressSpace(entry) ?? space;
    return above;
  });
  const next = pages.at(-1)?.next ?? null;
  const on = async () => {
    setBusy(true);
    try {
      const page = await look(failure, filter, next!);
      setMore((old) => [...old, page]);
      setProblem(null);
    } catch (e) {
      setProblem(e instanceof Problem ? e : new Problem(0, String(e)));
    }
    setBusy(false);
  };
  const trouble = problem ?? first.problem;
  const key = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || !["ArrowUp", "ArrowDown", "Enter"].includes(event.key)) return;
    const at = open ? entries.findIndex((entry) => entry.number === open.number) : -1;
    const entry = entries[event.key === "Enter" ? Math.max(0, at) : event.key === "ArrowUp" ? at - 1 : at + 1];
    if (!entry) return;
    event.preventDefault();
    onOpen(entry);
    event.currentTarget.querySelector(`a[href="#L${entry.number}"]`)?.scrollIntoView({ block: "nearest" });
  };
  return (
    <>
      {trouble && <Trouble problem={trouble} />}
      <div className="scroller found" tabIndex={0} role="region" aria-label="Entries found" onKeyDown={key} aria-busy={busy || first.value === null}>
        {entries.map((entry, i) => <Row key={entry.number} entry={entry} before={before[i] ?? null} linked={false} open={open?.number === entry.number} onOpen={() => onOpen(entry)} />)}
        {first.value && entries.length === 0 && next === null && <Empty>No matching entries.</Empty>}
        {!first.value && !trouble && <div className="waiting">Looking</div>}
        {next !== null && <button type="button" disabled={busy} onClick={() => void on()}>{entries.length === 0 ? "Nothing so far; search further" : "More"}</button>}
      </div>
    </>
  );
}
