import { useState } from "react";
import { get, post, Problem, query } from "../api";
import { Chart } from "../chart";
import { number, visible, word } from "../format";
import { Badge, Copy, Empty, Fact, Guest, Pager, RateWords, Show, Table, Time, Title, Trouble } from "../parts";
import { useResource } from "../resource";
import { Link, useAddress } from "../router";
import type { Change, Crash as CrashType, CrashState, Failure, Page } from "../types";

export function FailureTable({ items }: { items: Failure[] }) {
  return (
    <Table label="Failures" head={<><th>When</th><th className="n">Iteration</th><th className="n">Shift</th><th className="n">Instructions</th><th>Replay</th><th>Reason</th></>}>
      {items.map((failure) => (
        <tr key={failure.id}>
          <td><Link href={`/failures/${failure.id}`}><Time at={failure.occurredAt} /></Link></td>
          <td className="n">{number(failure.iteration)}</td>
          <td className="n">{failure.coordinates.schedule.shift}</td>
          <td className="n">{number(failure.instructionCount)}</td>
          <td><Badge of={failure.replay} title={failure.replayNote} /></td>
          <td className="name"><Guest text={failure.reason || word(failure.outcome)} /></td>
        </tr>
      ))}
    </Table>
  );
}

function Actions({ crash, done }: { crash: CrashType; done: () => void }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [original, setOriginal] = useState("");
  const [title, setTitle] = useState(crash.title);
  const say = async (verb: string, body: unknown) => {
    try {
      await post(`/crashes/${crash.id}/${verb}`, body);
      setProblem(null);
      done();
    } catch (e) {
      setProblem(e instanceof Problem ? e : new Problem(0, String(e)));
    }
  };
  const mark = (state: CrashState, duplicateOf?: string) => void say("mark", { state, ...(duplicateOf ? { duplicateOf } : {}) });
  return (
    <section>
      <h2>Decide</h2>
      {problem && <Trouble problem={problem} />}
      <div className="tools">
        {crash.state !== "OPEN" && <button type="button" onClick={() => mark("OPEN")}>Open again</button>}
        {crash.state !== "FIXED" && <button type="button" onClick={() => mark("FIXED")}>Mark as fixed</button>}
        {crash.state !== "INVALID" && <button type="button" onClick={() => mark("INVALID")}>Mark as invalid</button>}
        <form onSubmit={(event) => { event.preventDefault(); mark("DUPLICATE", original.trim()); }}>
          <input aria-label="Id of the crash that it is a duplicate of" placeholder="id of the original" value={original} onChange={(event) => setOriginal(event.target.value)} />
          <button type="submit" disabled={!original.trim()}>Mark as duplicate</button>
        </form>
        <form onSubmit={(event) => { event.preventDefault(); void say("rename", { title }); }}>
          <input aria-label="Title" value={title} maxLength={300} onChange={(event) => setTitle(event.target.value)} />
          <button type="submit" disabled={!title.trim() || title === crash.title}>Rename</button>
        </form>
      </div>
      <p className="quiet">A crash that is marked as fixed opens again by itself when it fails again.</p>
    </section>
  );
}

export function Crash({ id }: { id: string }) {
  const cursor = useAddress().searchParams.get("cursor");
  const crash = useResource(id, (signal) => get<CrashType>(`/crashes/${id}`, signal), 5_000);
  const path = `/crashes/${id}/failures${query({ limit: 50, cursor, report: false })}`;
  const failures = useResource(path, (signal) => get<Page<Failure>>(path, signal), 5_000);
  const history = useResource(`history ${id}`, (signal) => get<Page<Change>>(`/crashes/${id}/history`, signal), 15_000);
  const first = failures.value?.items[0]?.id ?? null;
  const latest = useResource(first, (signal) => get<Failure>(`/failures/${first}`, signal));
  return (
    <Show of={crash}>
      {(c) => (
        <>
          <Title name={c.title}>
            <Badge of={c.state} /> <Badge of={c.outcome} />
          </Title>
          {c.duplicateOf && <p>The same as <Link href={`/crashes/${c.duplicateOf}`}>{c.duplicateOf}</Link>.</p>}
          <dl className="facts">
            <Fact name="Failures">{number(c.failures)}</Fact>
            <Fact name="Rate where seen"><RateWords rate={c.failureRate} failures={c.failuresSampled} iterations={c.iterations} /></Fact>
            <Fact name="Replay verified">{number(c.verified)} of {number(c.failures)}</Fact>
            <Fact name="Last seen"><Time at={c.lastSeen} /></Fact>
            <Fact name="First seen"><Time at={c.firstSeen} /></Fact>
            <Fact name="Targets">{c.targets.map((target) => <Link key={target.id} href={`/targets/${target.id}`}>{target.name}</Link>)}</Fact>
          </dl>
          {latest.value && (
            <section>
              <h2>Report of the latest failure</h2>
              <pre className="report" tabIndex={0}>{visible(latest.value.report) || "The console was empty."}</pre>
              <Copy label="Fetch" text={`./bohrwerk download ${latest.value.id} --to failure`} />
            </section>
          )}
          <section>
            <h2>Failures</h2>
            <Show of={failures}>
              {({ items, next }) =>
                items.length === 0 ? <Empty>No failure on this page.</Empty> : (
                  <>
                    <FailureTable items={items} />
                    <Pager next={next} cursor={cursor} />
                    {items.length > 1 && <ScheduleMap items={items} />}
                  </>
                )
              }
            </Show>
          </section>
          <Actions key={c.title} crash={c} done={() => { crash.again(); history.again(); }} />
          {history.value && history.value.items.length > 0 && (
            <section>
              <h2>History</h2>
              <ul className="history">
                {history.value.items.map((change, i) => (
                  <li key={i}><Time at={change.at} /> {word(change.kind)}: <Guest text={change.before} /> → <Guest text={change.after} /> <span className="quiet">{change.note}</span></li>
                ))}
              </ul>
            </section>
          )}
        </>
      )}
    </Show>
  );
}

/** Each failure's place: how far into its batch, against the speed. */
function ScheduleMap({ items }: { items: Failure[] }) {
  const dots = items.map((failure) => [failure.iteration, failure.coordinates.schedule.shift] as const).sort((a, b) => a[0] - b[0]);
  return (
    <Chart label="Schedule map: shift against iteration, failures of this page" time={false} x={dots.map(([x]) => x)}
      lines={[{ label: "shift", values: dots.map(([, y]) => y), colour: "--bad", points: true }]} />
  );
}
