import { get } from "../api";
import { number } from "../format";
import { Badge, Empty, Guest, Show, Table, Time, Title } from "../parts";
import { useResource } from "../resource";
import { Link } from "../router";
import type { Page, Worker } from "../types";

export function Workers() {
  const list = useResource("workers", (signal) => get<Page<Worker>>("/workers", signal), 3_000);
  return (
    <>
      <Title name="Workers" />
      <Show of={list}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty>No worker was heard of in the last 24 hours. <code>./bohrwerk up</code> starts one within it; a cluster has its own.</Empty>
          ) : (
            <Table label="Workers" head={<><th>Worker</th><th>State</th><th className="n">Slots</th><th>Runs now</th><th>Emulator</th><th>Last seen</th><th>Last trouble</th></>}>
              {items.map((worker) => (
                <tr key={worker.id}>
                  <td>{worker.host} <small className="quiet">{worker.id}</small></td>
                  <td><Badge of={worker.alive ? "ALIVE" : "GONE"} /></td>
                  <td className="n">{worker.running.length} <small>of {worker.slots}</small></td>
                  <td>
                    {worker.running.length === 0 ? <span className="quiet">idle</span> : (
                      <ul className="plain">
                        {worker.running.map((batch) => (
                          <li key={batch.batchId}><Link href={`/jobs/${batch.jobId}`}>job {batch.jobId.slice(0, 8)}</Link> <small>{number(batch.iterationsPassed)} iterations passed</small></li>
                        ))}
                      </ul>
                    )}
                  </td>
                  <td>{worker.emulator}</td>
                  <td><Time at={worker.lastSeen} /></td>
                  <td className="name">{worker.lastTrouble ? <Guest text={worker.lastTrouble} /> : <span className="quiet">none</span>}</td>
                </tr>
              ))}
            </Table>
          )
        }
      </Show>
    </>
  );
}
