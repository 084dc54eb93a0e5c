import { useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import { Problem } from "./api";
import { ago, interval, oneIn, visible, word, number } from "./format";
import { Link, setQuery } from "./router";
import type { Resource } from "./resource";
import type { Crash, Rate, Target } from "./types";

let now = Date.now();
const clocks = new Set<() => void>();
setInterval(() => {
  now = Date.now();
  clocks.forEach((tick) => tick());
}, 5_000);
const watch = (tick: () => void) => {
  clocks.add(tick);
  return () => clocks.delete(tick);
};

export function Time({ at }: { at: string | null }) {
  const moment = useSyncExternalStore(watch, () => now);
  if (!at) return <span className="quiet">–</span>;
  return (
    <time dateTime={at} title={at}>
      {ago(at, Math.max(moment, Date.parse(at)))}
    </time>
  );
}

/** Words of a guest: always text. */
export const Guest = ({ text }: { text: string }) => <bdi>{visible(text)}</bdi>;

export function RateWords({ rate, failures, iterations }: { rate: Rate; failures: number; iterations: number }) {
  if (iterations === 0) return <span className="quiet">not yet</span>;
  if (rate.high === null) return <span className="rate" title="The places were not drawn at random, so they do not say how often random runs fail">{number(failures)} of {number(iterations)} tried</span>;
  return (
    <span className="rate" title={`${failures} of ${iterations} iterations; the interval covers the true rate in 95 of 100 cases`}>
      {failures === 0 ? `below ${oneIn(rate.high)}` : oneIn(rate.perIteration)}
      {failures > 0 && <small> ({interval(rate)})</small>}
    </span>
  );
}

export const Badge = ({ of, title }: { of: string; title?: string }) => (
  <span className={`badge ${of.toLowerCase()}`} title={title}>
    {word(of)}
  </span>
);

export function Trouble({ problem }: { problem: Problem }) {
  return (
    <div className="trouble" role="alert">
      <strong>{problem.status === 404 ? "Not found" : problem.status === 0 ? "No connection" : "Request failed"}</strong>
      <span>{problem.message}</span>
      {problem.status === 0 && <span className="quiet">Retrying.</span>}
    </div>
  );
}

export const Empty = ({ children }: { children: ReactNode }) => <div className="empty">{children}</div>;

/** Shows what came; before that, that it is awaited; in trouble, what is wrong, above what was known last. */
export function Show<T>({ of, children }: { of: Resource<T>; children: (value: T) => ReactNode }) {
  return (
    <>
      {of.problem && <Trouble problem={of.problem} />}
      {of.value !== null ? children(of.value) : !of.problem && <div className="waiting" aria-busy="true">Loading</div>}
    </>
  );
}

export function Title({ children, name }: { children?: ReactNode; name: string }) {
  useEffect(() => {
    document.title = `${name} · Bohrwerk`;
  }, [name]);
  return (
    <header className="title">
      <h1>
        <Guest text={name} />
      </h1>
      {children}
    </header>
  );
}

export function Copy({ text, label }: { text: string; label: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), 1_500);
  };
  return (
    <div className="command">
      <span className="quiet">{label}</span>
      <code tabIndex={0}>{text}</code>
      <button type="button" onClick={() => void copy()}>
        {done ? "Copied" : "Copy"}
      </button>
    </div>
  );
}

/** A table that scrolls within itself, so that the page never does sideways. */
export function Table({ label, head, children }: { label: string; head: ReactNode; children: ReactNode }) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>{head}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** Where a list stands is in the address; the way back is the browser's own. */
export function Pager({ next, cursor, name = "cursor" }: { next: string | null; cursor: string | null; name?: string }) {
  if (!next && !cursor) return null;
  return (
    <nav className="pager" aria-label="Pages">
      <button type="button" disabled={!cursor} onClick={() => setQuery({ [name]: null })}>
        First page
      </button>
      <button type="button" disabled={!next} onClick={() => setQuery({ [name]: next })}>
        Next page
      </button>
    </nav>
  );
}

export const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="fact">
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

export function TargetField({ targets, value, set }: { targets: Target[]; value: string; set: (id: string) => void }) {
  return (
    <label>
      <span>Target</span>
      <select name="target" value={value} onChange={(event) => set(event.target.value)}>
        {targets.map((target) => <option key={target.id} value={target.id}>{target.name} · {target.id.slice(0, 12)}</option>)}
      </select>
    </label>
  );
}

export function Confidence({ value, set, hint }: { value: string; set: (share: string) => void; hint: string }) {
  const shares = ["0.9", "0.95", "0.99", "0.999"];
  return (
    <label>
      <span>Confidence</span>
      <select value={value} onChange={(event) => set(event.target.value)}>
        {[...shares, ...(shares.includes(value) ? [] : [value])].map((share) => <option key={share} value={share}>{Number((Number(share) * 100).toPrecision(6))} %</option>)}
      </select>
      <small>{hint}</small>
    </label>
  );
}

/** The first of many. */
export const names = (targets: { name: string }[]): string =>
  (targets[0]?.name ?? "–") + (targets.length > 1 ? ` and ${targets.length - 1} more` : "");

/** What a person does about a crash next, and where. */
export function NextStep({ crash: { id, state, bin, verified, merged, latestFailureId } }: { crash: Crash }) {
  const failure = latestFailureId ? `/failures/${latestFailureId}` : `/crashes/${id}`;
  if (bin) return <Link href={`/crashes/${id}`}>Split it</Link>;
  if (state !== "OPEN" || merged) return <span className="quiet">–</span>;
  return verified === 0 ? <Link href={`${failure}#replay`}>Verify a replay</Link> : <Link href={`${failure}#log`}>Read the log</Link>;
}

/** What is typed to work on a failure by hand. */
export function Commands({ failure, recorded }: { failure: string; recorded: boolean }) {
  return (
    <div className="commands">
      <Copy label={recorded ? "Replay it and check that it matches" : "Run it again and check that it matches"} text={`./bohrwerk replay ${failure} --verify 5`} />
      {recorded && <Copy label="Debug it with gdb, also backwards" text={`./bohrwerk debug ${failure} --gdb`} />}
      <Copy label={recorded ? "Download it to replay with only QEMU and gdb" : "Download it to run again with only QEMU"} text={`./bohrwerk download ${failure} --to failure --bundle`} />
    </div>
  );
}

/** A word of the address, one of several; the first choice is none. */
export function Filter({ name, all, of, value }: { name: string; all: string; of: (readonly [value: string, label: string])[]; value: string }) {
  return (
    <select aria-label={name} value={value} onChange={(event) => setQuery({ [name.toLowerCase()]: event.target.value, cursor: null })}>
      <option value="">{all}</option>
      {of.map(([key, label]) => <option key={key} value={key}>{label}</option>)}
      {value && !of.some(([key]) => key === value) && <option value={value}>{value.slice(0, 12)}</option>}
    </select>
  );
}

/** How many of a crash's failures could be made again, exactly. */
export const Verified = ({ crash: { verified, failures } }: { crash: Crash }) => (
  <span title={`${number(verified)} of ${number(failures)} failures replayed identically`}>
    {verified === failures ? <Badge of="VERIFIED" /> : verified === 0 ? <Badge of="NOT_REPLAYED" /> : <>{number(verified)} <small>of {number(failures)}</small></>}
  </span>
);
