import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type UIEvent } from "react";
import { get, Problem, query } from "../api";
import { number } from "../format";
import { Trouble } from "../parts";
import type { LogEntry, LogPage } from "../types";
import { addressSpace, Row } from "./entry";
import { CHUNK, chunks, entryAt, height, scrollAt } from "./filter";

const ROW = 20;
const VIEW = 480;
const ROWS = VIEW / ROW;
/** Chunks kept: some megabytes at most, whatever the log's size. */
const KEPT = 40;

type Props = { failure: string; total: number; at: number; linked: number | null; open: LogEntry | null; onOpen: (entry: LogEntry | null) => void };

/** All entries of a log by their number: only those in view are asked for and drawn. @param at where to begin; going elsewhere when it changes */
export function Scroller({ failure, total, at, linked, open, onOpen }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [first, setFirst] = useState(0);
  const [problem, setProblem] = useState<Problem | null>(null);
  const kept = useRef(new Map<number, LogEntry[] | null>());
  const [, drawn] = useState(0);
  const quiet = useRef(-1);
  const last = Math.max(0, total - ROWS);

  const move = (entry: number) => {
    const to = Math.max(0, Math.min(last, Math.round(entry)));
    setFirst(to);
    if (box.current) {
      // The scroll event that this causes must not move the view by what rounding lost.
      quiet.current = Math.round(scrollAt(to, total, ROW, VIEW));
      box.current.scrollTop = quiet.current;
    }
  };
  useLayoutEffect(() => move(at - Math.floor(ROWS / 2)), [failure, total, at]);

  useEffect(() => {
    const ending = new AbortController();
    // Whoever drags the bar passes by thousands of chunks, and wants the last.
    const timer = setTimeout(() => {
      for (const chunk of chunks(first, ROWS + 1, total)) {
        if (kept.current.has(chunk)) continue;
        kept.current.set(chunk, null);
        get<LogPage>(`/failures/${failure}/log/entries${query({ from: chunk * CHUNK, limit: CHUNK, direction: "forward" })}`)
          .then((page) => {
            kept.current.set(chunk, page.entries);
            for (const old of kept.current.keys()) {
              if (kept.current.size <= KEPT) break;
              if (Math.abs(old - chunk) > 2) kept.current.delete(old);
            }
            setProblem(null);
          })
          .catch((e: unknown) => {
            kept.current.delete(chunk);
            setProblem(e instanceof Problem ? e : new Problem(0, String(e)));
          })
          .finally(() => drawn((n) => n + 1));
      }
    }, 40);
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [first, failure, total]);

  const scroll = (event: UIEvent<HTMLDivElement>) => {
    const top = event.currentTarget.scrollTop;
    if (Math.abs(top - quiet.current) <= 1) return;
    quiet.current = -1;
    setFirst(entryAt(top, total, ROW, VIEW));
  };
  useEffect(() => {
    const element = box.current!;
    // Not passive, so that a log too long for the bar's pixels still moves by lines under the wheel.
    const wheel = (event: WheelEvent) => {
      if (event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
      const step = event.deltaMode === 1 ? event.deltaY : event.deltaY / ROW;
      const to = Math.max(0, Math.min(last, first + (step < 0 ? Math.floor(step) : Math.ceil(step))));
      if (to === first) return;
      event.preventDefault();
      move(to);
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  });
  const key = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowUp: first - 1, ArrowDown: first + 1, PageUp: first - ROWS + 1, PageDown: first + ROWS - 1, Home: 0, End: last };
    if (event.target !== box.current) return;
    // With an entry open, the arrows go from entry to entry; Enter opens the linked one, or the one in the middle.
    const wanted = open && event.key === "ArrowUp" ? open.number - 1 : open && event.key === "ArrowDown" ? open.number + 1 : event.key === "Enter" ? (linked ?? first + Math.floor(Math.min(ROWS, total) / 2)) : null;
    if (wanted !== null) {
      event.preventDefault();
      const entry = kept.current.get(Math.floor(wanted / CHUNK))?.[wanted % CHUNK];
      if (entry) onOpen(entry);
      if (wanted < first || wanted >= first + ROWS) move(wanted - Math.floor(ROWS / 2));
      return;
    }
    if (event.key === "Escape" && open) onOpen(null);
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  };
  const entryOf = (index: number) => kept.current.get(Math.floor(index / CHUNK))?.[index % CHUNK];
  /** Of the entries before this one, as far as they are here. */
  const spaceBefore = (index: number): string | null => {
    for (let i = index - 1; i >= 0 && i >= index - CHUNK; i--) {
      const entry = entryOf(i);
      if (!entry) return null;
      const space = addressSpace(entry);
      if (space !== null) return space;
    }
    return null;
  };
  const rows = Array.from({ length: Math.min(ROWS, total - first) }, (_, i) => first + i);
  return (
    <>
      {problem && <Trouble problem={problem} />}
      <div className="scroller" ref={box} tabIndex={0} role="region" aria-label="Merged log" data-first={first} onScroll={scroll} onKeyDown={key}>
        <div style={{ height: height(total, ROW, VIEW) }}>
          <div className="window">
            {rows.map((index) => {
              const entry = entryOf(index);
              return entry ? (
                <Row key={index} entry={entry} before={spaceBefore(index)} linked={entry.number === linked} open={open?.number === entry.number} onOpen={() => onOpen(entry)} />
              ) : (
                <div key={index} className="entry waiting"><a>{number(index)}</a></div>
              );
            })}
          </div>
        </div>
      </div>
    </>
  );
}
