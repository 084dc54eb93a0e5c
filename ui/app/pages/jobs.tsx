import { get, query } from "../api";
import { number } from "../format";
import { Badge, Empty, Pager, RateWords, Show, Table, Time, Title } from "../parts";
import { useResource } from "../resource";
import { Link, useAddress } from "../router";
import type { Job, Page, Stats } from "../types";
import { Progress } from "./overview";

const TABS: [string, string, (jobs: Stats["jobs"]) => number][] = [
  ["all", "", (jobs) => jobs.queued + jobs.running + jobs.completed + jobs.cancelled + jobs.error],
  ["going", "running,queued", (jobs) => jobs.queued + jobs.running],
  ["completed", "completed", (jobs) => jobs.completed],
  ["cancelled", "cancelled", (jobs) => jobs.cancelled],
  ["error", "error", (jobs) => jobs.error],
];

export function Jobs() {
  const words = useAddress().searchParams;
  const state = words.get("state") ?? "";
  const cursor = words.get("cursor");
  const path = `/jobs${query({ state, cursor, limit: 50 })}`;
  const list = useResource(path, (signal) => get<Page<Job>>(path, signal), 3_000);
  const stats = useResource("stats", (signal) => get<Stats>("/stats", signal), 5_000);
  return (
    <>
      <Title name="Jobs"><Link className="button" href="/submit">Submit a job</Link></Title>
      <nav className="tabs" aria-label="States">
        {TABS.map(([name, value, count]) => (
          <Link key={name} href={`/jobs${query({ state: value })}`} aria-current={state === value ? "true" : undefined}>
            {name} {stats.value && <small>{number(count(stats.value.jobs))}</small>}
          </Link>
        ))}
      </nav>
      <Show of={list}>
        {({ items, next }) =>
          items.length === 0 ? (
            <Empty>No job{state && " of this kind"}. <Link href="/submit">Submit one</Link></Empty>
          ) : (
            <>
              <Table label="Jobs" head={<><th>Job</th><th>Target</th><th>State</th><th className="wide">Progress</th><th className="n">Iterations</th><th className="n">Failures</th><th>Rate</th><th>Submitted</th></>}>
                {items.map((job) => (
                  <tr key={job.id}>
                    <td className="name"><Link href={`/jobs/${job.id}`}>{job.name}</Link></td>
                    <td className="few"><Link href={`/targets/${job.target}`}>{job.targetName}</Link></td>
                    <td><Badge of={job.state} title={job.message ?? undefined} /></td>
                    <td><Progress job={job} /></td>
                    <td className="n">{number(job.iterations)}</td>
                    <td className="n">{number(job.failures)}</td>
                    <td><RateWords rate={job.failureRate} failures={job.failures} iterations={job.iterations} /></td>
                    <td><Time at={job.createdAt} /></td>
                  </tr>
                ))}
              </Table>
              <Pager next={next} cursor={cursor} />
            </>
          )
        }
      </Show>
    </>
  );
}
