import { get, health } from "../api";
import { Chart } from "../chart";
import { duration, number, word } from "../format";
import { Badge, Empty, Guest, RateWords, Show, Table, Time, Title } from "../parts";
import { useResource } from "../resource";
import { Link } from "../router";
import type { Crash, Failure, Health, Hour, Job, Page, Stats } from "../types";

const DAYS = 7;

/** One value per day, empty days included. */
export function days(hours: Hour[], now: number): { x: number[]; failures: number[]; crashes: number[] } {
  const today = Math.floor(now / 86_400_000);
  const x = Array.from({ length: DAYS }, (_, i) => (today - DAYS + 1 + i) * 86_400);
  const failures = x.map(() => 0);
  const crashes = x.map(() => 0);
  for (const hour of hours) {
    const at = Math.floor(Date.parse(hour.at) / 86_400_000) - today + DAYS - 1;
    if (at >= 0 && at < DAYS) {
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

export function Overview() {
  const stats = useResource("stats", (signal) => get<Stats>("/stats", signal), 3_000);
  const hours = useResource("hours", (signal) => get<Page<Hour>>(`/stats/hours?hours=${DAYS * 24}`, signal), 30_000);
  const jobs = useResource("going", (signal) => get<Page<Job>>("/jobs?state=running,queued&limit=10", signal), 2_000);
  const crashes = useResource("top", (signal) => get<Page<Crash>>("/crashes?state=open&sort=last-seen&limit=8", signal), 5_000);
  const failures = useResource("recent", (signal) => get<Page<Failure>>("/failures?limit=8&report=false", signal), 5_000);
  const parts = useResource("health", (signal) => health<Health>(signal), 10_000);
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
              <div><dt>Failures</dt><dd>{number(s.failures)}</dd></div>
              <div><dt>Iterations</dt><dd>{number(s.iterations)}</dd></div>
              <div><dt><Link href="/jobs">Jobs going</Link></dt><dd>{number(s.jobs.running + s.jobs.queued)}</dd></div>
              <div><dt><Link href="/workers">Machines busy</Link></dt><dd>{s.workers.machines} <small>of {s.workers.slots}</small></dd></div>
              {s.infrastructureTroubles > 0 && <div><dt>Troubles</dt><dd>{number(s.infrastructureTroubles)}</dd></div>}
            </dl>
          </>
        )}
      </Show>
      <section>
        <h2>Jobs going</h2>
        <Show of={jobs}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty>No job is running. <Link href="/submit">Submit one</Link></Empty>
            ) : (
              <Table label="Jobs going" head={<><th>Job</th><th>State</th><th className="wide">Progress</th><th className="n">Failures</th><th>Rate</th><th className="n">Left</th></>}>
                {items.map((job) => {
                  const left = remaining(job, Date.now());
                  return (
                    <tr key={job.id}>
                      <td><Link href={`/jobs/${job.id}`}>{job.name}</Link></td>
                      <td><Badge of={job.state} /></td>
                      <td><Progress job={job} /></td>
                      <td className="n">{number(job.failures)}</td>
                      <td><RateWords rate={job.failureRate} failures={job.failures} iterations={job.iterations} /></td>
                      <td className="n">{left === null ? "–" : duration(left)}</td>
                    </tr>
                  );
                })}
              </Table>
            )
          }
        </Show>
      </section>
      <div className="columns">
        <section>
          <h2>Open crashes</h2>
          <Show of={crashes}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty>No open crash.</Empty>
              ) : (
                <Table label="Open crashes" head={<><th>Title</th><th className="n">Count</th><th>Last seen</th></>}>
                  {items.map((crash) => (
                    <tr key={crash.id}>
                      <td className="name"><Link href={`/crashes/${crash.id}`}><Guest text={crash.title} /></Link></td>
                      <td className="n">{number(crash.failures)}</td>
                      <td><Time at={crash.lastSeen} /></td>
                    </tr>
                  ))}
                </Table>
              )
            }
          </Show>
        </section>
        <section>
          <h2>Recent failures</h2>
          <Show of={failures}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty>No failure yet.</Empty>
              ) : (
                <Table label="Recent failures" head={<><th>Reason</th><th className="n">Iteration</th><th>When</th></>}>
                  {items.map((failure) => (
                    <tr key={failure.id}>
                      <td className="name"><Link href={`/failures/${failure.id}`}><Guest text={failure.reason || word(failure.outcome)} /></Link></td>
                      <td className="n">{number(failure.iteration)}</td>
                      <td><Time at={failure.occurredAt} /></td>
                    </tr>
                  ))}
                </Table>
              )
            }
          </Show>
        </section>
      </div>
      <section>
        <h2>Last {DAYS} days</h2>
        <Show of={hours}>
          {({ items }) => {
            const { x, failures: failed, crashes: fresh } = days(items, Date.now());
            return (
              <Chart
                label="Per day (UTC)"
                x={x}
                lines={[
                  { label: "failures", values: failed, colour: "--accent", bars: true },
                  { label: "new crashes", values: fresh.map((count) => count || null), colour: "--bad", points: true },
                ]}
              />
            );
          }}
        </Show>
      </section>
      <section>
        <h2>Dependencies</h2>
        <Show of={parts}>
          {(h) => (
            <ul className="health">
              {Object.entries(h.components ?? {}).map(([name, part]) => (
                <li key={name}>
                  <Badge of={part.status} title={JSON.stringify(part.details ?? {})} /> {name}
                </li>
              ))}
            </ul>
          )}
        </Show>
      </section>
    </>
  );
}
