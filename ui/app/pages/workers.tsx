import { get, query } from "../api";
import { number, word } from "../format";
import { Badge, Empty, Guest, Pager, Show, Table, Time, Title } from "../parts";
import { useResource } from "../resource";
import { Link, useAddress } from "../router";
import { TroubleTable } from "../troubles";
import type { InfrastructureTrouble, Job, Page, Worker } from "../types";

/** A mark for each slot, filled when a machine runs in it. */
const Slots = ({ busy, of }: { busy: number; of: number }) => (
  <span className="slots" role="img" aria-label={`${busy} of ${of} slots busy`}>
    {of <= 32 && Array.from({ length: of }, (_, i) => <i key={i} className={i < busy ? "busy" : undefined} />)}
    <span>{busy} <small>of {of}</small></span>
  </span>
);

const busy = ({ work }: Worker) => work.length;

/** Kinds that are told in words of their own. */
const TOLD = ["batch", "replay", "trace"];

const REPLAYS: Record<string, string> = { VERIFY: "is verified", LOG: "is logged", CHECKPOINTS: "checkpoints are made", DIVERGENCE: "finding its first divergence", ADJACENT: "neighbouring schedules are searched", WHEN: "its when curve is drawn" };

export function Workers() {
  const cursor = useAddress().searchParams.get("cursor");
  const list = useResource("workers", (signal) => get<Page<Worker>>("/workers", signal), 3_000);
  const going = useResource("going", (signal) => get<Page<Job>>("/jobs?state=running,queued&limit=100", signal), 10_000);
  const path = `/troubles${query({ limit: 20, cursor })}`;
  const troubles = useResource(path, (signal) => get<Page<InfrastructureTrouble>>(path, signal), 10_000);
  const names = new Map(going.value?.items.map((job) => [job.id, job.name]));
  return (
    <>
      <Title name="Workers" />
      <Show of={list}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>No worker seen in the last 24 hours. <code>./bohrwerk up</code> starts one within it; a cluster has its own.</Empty>
          ) : (
            <Table label="Workers" head={<><th>Worker</th><th>State</th><th>Slots</th><th>Running</th><th>Last seen</th><th>Last trouble</th><th>Emulator</th></>}>
              {items.map((worker) => (
                <tr key={worker.id}>
                  <td>{worker.host}<br /><small>{worker.id}</small></td>
                  <td><Badge of={!worker.alive ? "GONE" : worker.paused ? "PAUSED" : "ALIVE"} title={worker.paused ?? undefined} />{worker.alive && worker.paused && <><br /><small>{worker.paused}</small></>}</td>
                  <td><Slots busy={busy(worker)} of={worker.slots} /></td>
                  <td>
                    {busy(worker) === 0 ? <span className="quiet">{worker.alive ? "idle" : "nothing"}</span> : (
                      <ul className="plain">
                        {worker.running.map((batch) => (
                          <li key={batch.batchId}>
                            <Link href={`/jobs/${batch.jobId}`}>{names.get(batch.jobId) ?? `job ${batch.jobId.slice(0, 8)}`}</Link>{" "}
                            <small>{number(batch.iterationsPassed)} iterations passed{batch.attempt > 1 && `, attempt ${batch.attempt}`}</small>
                          </li>
                        ))}
                        {worker.replays?.map((replay) => <li key={replay.replayId}><Link href={`/failures/${replay.failureId}`}>failure {replay.failureId.slice(0, 8)}</Link> <small>{REPLAYS[replay.mode] ?? word(replay.mode)}</small></li>)}
                        {worker.traces?.map(({ traceId, jobId }) => <li key={traceId}>{jobId && <Link href={`/jobs/${jobId}`}>{names.get(jobId) ?? `job ${jobId.slice(0, 8)}`}</Link>} <small>tracing its test</small></li>)}
                        {worker.work.filter(({ kind }) => !TOLD.includes(kind)).map(({ kind, id }) => <li key={id}>{kind} <small>{id.slice(0, 8)}</small></li>)}
                      </ul>
                    )}
                  </td>
                  <td><Time at={worker.lastSeen} /></td>
                  <td className="name">{worker.lastTrouble ? <Guest text={worker.lastTrouble} /> : <span className="quiet">none</span>}</td>
                  <td className="wrap">{worker.emulator.split("; ").map((one) => <div key={one}>{one}</div>)}{typeof worker.largestGuest === "number" && <small>guests up to {number(Math.floor(worker.largestGuest / 2 ** 20))} MiB</small>}</td>
                </tr>
              ))}
            </Table>
          )
        }
      </Show>
      <section>
        <h2>Infrastructure trouble</h2>
        <Show of={troubles}>
          {({ items, next }) =>
            items.length === 0 ? <Empty>{cursor ? "No more." : "None: every attempt at a batch gave a result."}</Empty> : (
              <>
                <TroubleTable items={items} jobs />
                <Pager next={next} cursor={cursor} />
              </>
            )
          }
        </Show>
      </section>
    </>
  );
}
