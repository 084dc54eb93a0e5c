import { get, health } from "../api";
import { Chart } from "../chart";
import { duration, number, word } from "../format";
import { Badge, Empty, Guest, names, NextStep, RateWords, Show, Table, Time, Title, Verified } from "../parts";
import { useResource } from "../resource";
import { Link, useAddress } from "../router";
import type { Crash, Failure, Health, Hour, Job, Page, Stats } from "../types";

/** How far back the chart goes, and how wide its bars are. */
const RANGES = {
  "24h": { name: "24 hours", bars: 24, seconds: 3_600, unit: "hour" },
  "7d": { name: "7 days", bars: 7, seconds: 86_400, unit: "day" },
  "30d": { name: "30 days", bars: 30, seconds: 86_400, unit: "day" },
};

/** One value per bar, empty ones included. The last bar is the one that now lies in. */
export function slices(hours: Hour[], now: number, bars: number, seconds: number): { x: number[]; failures: number[]; crashes: number[] } {
  const current = Math.floor(now / 1000 / seconds);
  const x = Array.from({ length: bars }, (_, i) => (current - bars + 1 + i) * seconds);
  const failures = x.map(() => 0);
  const crashes = x.map(() => 0);
  for (const hour of hours) {
    const at = Math.floor(Date.parse(hour.at) / 1000 / seconds) - current + bars - 1;
    if (at >= 0 && at < bars) {
      failures[at]! += hour.failures;
      crashes[at]! += hour.crashes;
    }
  }
  return { x, failures, crashes };
}

/** Seconds until the budget is used up at the pace so far; null when nothing can be said. */
export function remaining(job: Job, now: number): number | null {
  const done = job.iterations + job.iterationsRunning;
  if (!job.startedAt || done === 0) return null;
  const seconds = Math.max(1, (now - Date.parse(job.startedAt)) / 1000);
  return Math.max(0, ((job.budget.iterations - done) * seconds) / done);
}

export function Progress({ job }: { job: Job }) {
  const done = Math.min(job.budget.iterations, job.iterations + job.iterationsRunning);
  return (
    <progress max={job.budget.iterations} value={done} aria-label={`${number(done)} of ${number(job.budget.iterations)} iterations`} />
  );
}

function History() {
  const words = useAddress().searchParams.get("range") ?? "7d";
  const range = words in RANGES ? (words as keyof typeof RANGES) : "7d";
  const { bars, seconds, unit } = RANGES[range];
  const hours = useResource(`hours ${range}`, (signal) => get<Page<Hour>>(`/stats/hours?hours=${(bars * seconds) / 3_600}`, signal), 30_000);
  return (
    <section>
      <div className="heading">
        <h2>Failures over time</h2>
        <nav className="tabs" aria-label="Range">
          {Object.entries(RANGES).map(([key, { name }]) => <Link key={key} href={`/?range=${key}`} aria-current={key === range ? "true" : undefined}>{name}</Link>)}
        </nav>
      </div>
      <Show of={hours}>
        {({ items }) => {
          const { x, failures, crashes } = slices(items, Date.now(), bars, seconds);
          return (
            <Chart
              label={`Per ${unit} (UTC)`}
              x={x}
              every={seconds}
              height={150}
              lines={[
                { label: "failures", values: failures, colour: "--accent", bars: true },
                { label: "new crashes", values: crashes.map((count) => count || null), colour: "--bad", points: true },
              ]}
            />
          );
        }}
      </Show>
    </section>
  );
}

function OpenCrashes() {
  const crashes = useResource("top", (signal) => get<Page<Crash>>("/crashes?state=open&sort=last-seen&limit=8", signal), 5_000);
  return (
    <section>
      <div className="heading"><h2>Open crashes, latest first</h2><Link href="/crashes">all</Link></div>
      <Show of={crashes}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>No open crashes.</Empty>
          ) : (
            <Table label="Open crashes" head={<><th>Title</th><th className="n">Count</th><th>Rate where seen</th><th>Last seen</th><th>First seen</th><th>Targets</th><th>Replay</th><th>Next step</th></>}>
              {items.map((crash) => (
                <tr key={crash.id}>
                  <td className="name main"><Link href={`/crashes/${crash.id}`}><Guest text={crash.title} /></Link></td>
                  <td className="n">{number(crash.failures)}</td>
                  <td><RateWords rate={crash.failureRate} failures={crash.failuresSampled} iterations={crash.iterations} /></td>
                  <td><Time at={crash.lastSeen} /></td>
                  <td><Time at={crash.firstSeen} /></td>
                  <td className="few">{names(crash.targets)}</td>
                  <td><Verified crash={crash} /></td>
                  <td><NextStep crash={crash} /></td>
                </tr>
              ))}
            </Table>
          )
        }
      </Show>
    </section>
  );
}

function JobsGoing() {
  const jobs = useResource("going", (signal) => get<Page<Job>>("/jobs?state=running,queued&limit=10", signal), 2_000);
  return (
    <section>
      <div className="heading"><h2>Running jobs</h2><Link href="/jobs?state=running%2Cqueued">all</Link></div>
      <Show of={jobs}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>No job is running. <Link href="/submit">Submit one</Link></Empty>
          ) : (
            <Table label="Running jobs" head={<><th>Job</th><th>State</th><th className="wide">Progress</th><th className="n">Left</th><th className="n">Machines</th><th className="n">Failures</th><th>Rate</th></>}>
              {items.map((job) => {
                const left = remaining(job, Date.now());
                return (
                  <tr key={job.id}>
                    <td className="name"><Link href={`/jobs/${job.id}`}>{job.name}</Link></td>
                    <td><Badge of={job.state} /></td>
                    <td><Progress job={job} /></td>
                    <td className="n" title="at most, at the rate so far">{left === null ? "–" : duration(left)}</td>
                    <td className="n">{job.machines}</td>
                    <td className="n">{number(job.failures)}</td>
                    <td><RateWords rate={job.failureRate} failures={job.failures} iterations={job.iterations} /></td>
                  </tr>
                );
              })}
            </Table>
          )
        }
      </Show>
    </section>
  );
}

function RecentFailures() {
  const failures = useResource("recent", (signal) => get<Page<Failure>>("/failures?limit=8&report=false", signal), 5_000);
  return (
    <section>
      <div className="heading"><h2>Recent failures</h2><Link href="/failures">all</Link></div>
      <Show of={failures}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>No failure yet.</Empty>
          ) : (
            <Table label="Recent failures" head={<><th>Reason</th><th className="n">Iteration</th><th>Replay</th><th>When</th></>}>
              {items.map((failure) => (
                <tr key={failure.id}>
                  <td className="name"><Link href={`/failures/${failure.id}`}><Guest text={failure.title || failure.reason || word(failure.outcome)} /></Link></td>
                  <td className="n">{number(failure.iteration)}</td>
                  <td><Badge of={failure.replay} title={failure.replayNote} /></td>
                  <td><Time at={failure.occurredAt} /></td>
                </tr>
              ))}
            </Table>
          )
        }
      </Show>
    </section>
  );
}

/** What a part says of itself, in a few words. */
const said = (details: Record<string, unknown> = {}): string =>
  Object.entries(details)
    .filter(([, value]) => typeof value !== "object")
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ");

function Dependencies() {
  const parts = useResource("health", (signal) => health<Health>(signal), 10_000);
  return (
    <section>
      <h2>Dependencies</h2>
      <Show of={parts}>
        {(h) => (
          <ul className="health">
            {Object.entries(h.components ?? {}).filter(([name]) => !PROBES.has(name)).map(([name, part]) => (
              <li key={name} title={said(part.details)}>
                <Badge of={part.status} /> {DEPENDENCIES[name] ?? name}
                {part.status !== "UP" && <small> {said(part.details)}</small>}
              </li>
            ))}
          </ul>
        )}
      </Show>
    </section>
  );
}

const DEPENDENCIES: Record<string, string> = { db: "PostgreSQL", kafka: "Kafka", blobStore: "Blob store" };
/** Of the API itself, which has just answered. */
const PROBES = new Set(["ping", "livenessState", "readinessState"]);

export function Overview() {
  const stats = useResource("stats", (signal) => get<Stats>("/stats", signal), 3_000);
  return (
    <>
      <Title name="Overview" />
      <Show of={stats}>
        {(s) => (
          <>
            {s.targets === 0 && (
              <Empty>
                <strong>Nothing here yet.</strong> A hunt needs a target: <Link href="/targets">upload one</Link>, or run{" "}
                <code>./bohrwerk demo</code> to see a whole hunt.
              </Empty>
            )}
            <dl className="tiles">
              <div><dt><Link href="/crashes">Crashes</Link></dt><dd>{number(s.crashes)}</dd></div>
              <div><dt><Link href="/failures">Failures</Link></dt><dd>{number(s.failures)}</dd></div>
              <div><dt>Iterations</dt><dd>{number(s.iterations)}</dd></div>
              <div><dt><Link href="/jobs?state=running%2Cqueued">Running jobs</Link></dt><dd>{number(s.jobs.running + s.jobs.queued)}</dd></div>
              <div><dt><Link href="/workers">Machines busy</Link></dt><dd>{s.workers.machines} <small>of {s.workers.slots}</small></dd></div>
              {s.infrastructureTroubles > 0 && <div><dt><Link href="/workers">Infrastructure trouble</Link></dt><dd>{number(s.infrastructureTroubles)}</dd></div>}
              {s.deadLetters > 0 && <div><dt>Dead letters</dt><dd>{number(s.deadLetters)}</dd></div>}
            </dl>
          </>
        )}
      </Show>
      <OpenCrashes />
      <JobsGoing />
      <div className="columns">
        <RecentFailures />
        <div>
          <History />
          <Dependencies />
        </div>
      </div>
    </>
  );
}
