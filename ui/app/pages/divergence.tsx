import { useState } from "react";
import { get, post, Problem } from "../api";
import { duration, number, word } from "../format";
import { Badge, Copy, Table, Trouble } from "../parts";
import { useResource } from "../resource";
import type { Adjacent, Arrival, Divergence, IterationSide, Replayed } from "../types";

const UNDER_WAY = ["QUEUED", "RUNNING"];

/** Looked at anew with every answer, once a second. */
const since = (at: string) => duration(Math.max(0, (Date.now() - Date.parse(at)) / 1000));

function Place({ arrival }: { arrival: Arrival | null }) {
  if (!arrival) return <span className="quiet">–</span>;
  return (
    <>
      <strong>{arrival.name}</strong> <code>{arrival.ip || "real mode"}</code> {arrival.symbol && <code>{arrival.symbol}</code>} <small>cpl {arrival.cpl}, sp {arrival.sp}</small>
    </>
  );
}

const about = (side: IterationSide) =>
  `iteration ${number(side.iteration)}${side.nearness === "SAME_BATCH" ? "" : `, delay ${number(side.schedule.delay)}`}: ${number(side.arrivals)} interrupts and exceptions${side.inDelays > 0 ? `, ${number(side.inDelays)} more while the agent waited` : ""}${side.cut ? ", cut" : ""}`;

function Rows({ of }: { of: Divergence }) {
  return (
    <>
      <Table label="First divergence" head={<><th className="n">No.</th><th>Failing</th><th>Passing</th></>}>
        {of.rows.map((row, i) => (
          <tr key={i} className={i === of.first ? "first" : row.same ? undefined : "differs"} aria-current={i === of.first ? "true" : undefined}>
            <td className="n">{number(of.sameBefore + i + 1)}</td>
            <td><Place arrival={row.failing} /></td>
            <td>{row.same ? <span className="quiet">the same</span> : <Place arrival={row.passing} />}</td>
          </tr>
        ))}
      </Table>
      <p className="quiet">
        Failing: {about(of.failing)}. Passing{of.passing.nearness === "SAME_BATCH" ? ", of the same batch" : ""}: {about(of.passing)}.
        {of.firstOfGuest !== null && ` The guest itself first went another way at ${number(of.sameBefore + of.firstOfGuest + 1)}.`}
      </p>
    </>
  );
}

function Window({ of }: { of: Adjacent }) {
  if (!of.window) return null;
  return (
    <Table label="Neighbouring schedules" head={<><th className="n">Delay</th><th>Outcome</th><th>Where the interrupt comes</th></>}>
      {of.window.places.map((place) => (
        <tr key={place.delay} className={place.fails ? "differs" : undefined}>
          <td className="n">{number(place.delay)}</td>
          <td><Badge of={place.fails ? "FAILED" : "PASSED"} /></td>
          <td><Place arrival={place.arrival} /></td>
        </tr>
      ))}
    </Table>
  );
}

/** A comparison that a worker makes when it is asked to; asked for again and again while it is under way. */
export function useReplayed<T>(path: string) {
  const [waiting, setWaiting] = useState(false);
  const [refused, setRefused] = useState<Problem | null>(null);
  const found = useResource(path, (signal) => get<Replayed<T>>(path, signal), waiting ? 1_000 : 0);
  const under = found.value !== null && UNDER_WAY.includes(found.value.replay.state);
  if (waiting !== under && found.value !== null) setWaiting(under);
  const order = () => void post(path).then(() => { setRefused(null); setWaiting(true); found.again(); }, setRefused);
  const missing = found.problem?.status === 404;
  const trouble = refused ?? (missing ? null : found.problem);
  return { value: found.value, under, order, trouble };
}

export function Said<T extends { summary: string }>({ of }: { of: ReturnType<typeof useReplayed<T>> }) {
  const replay = of.value?.replay;
  return (
    <>
      {of.trouble && <Trouble problem={of.trouble} />}
      {of.under && <p aria-live="polite" className="quiet">{replay?.startedAt
        ? <>Running for {since(replay.startedAt)}, {number(replay.runsDone ?? 0)} runs so far.</>
        : <>Waiting for a free machine{replay && ` for ${since(replay.createdAt)}`}.</>}</p>}
      {replay && !of.under && replay.state !== "COMPLETED" && <Trouble problem={new Problem(409, replay.message ?? word(replay.state))} />}
      {of.value?.result && <p className="finding">{of.value.result.summary}</p>}
      {replay?.state === "COMPLETED" && !of.value?.result && <p className="quiet">{replay.result?.summary ?? "Nothing was found."}</p>}
    </>
  );
}

/** The failing iteration beside a passing one, and what the smallest change of the schedule is that lets it pass. */
export function Comparisons({ failure }: { failure: string }) {
  const divergence = useReplayed<Divergence>(`/failures/${failure}/divergence`);
  const adjacent = useReplayed<Adjacent>(`/failures/${failure}/adjacent`);
  return (
    <section>
      <h2>Passing against failing</h2>
      <div className="tools">
        <button type="button" disabled={divergence.under} onClick={divergence.order}>Find the first divergence</button>
        <button type="button" disabled={adjacent.under} onClick={adjacent.order}>Search neighbouring schedules</button>
      </div>
      <Said of={adjacent} />
      {adjacent.value?.result && <Window of={adjacent.value.result} />}
      <Said of={divergence} />
      {divergence.value?.result && <Rows of={divergence.value.result} />}
      <Copy label="The same in a terminal" text={`./bohrwerk divergence ${failure} --adjacent`} />
    </section>
  );
}
