import { word } from "./format";
import { Guest, Table, Time } from "./parts";
import { Link } from "./router";
import type { InfrastructureTrouble } from "./types";

/** Attempts that said nothing about their test. They are in no rate. */
export function TroubleTable({ items, jobs = false }: { items: InfrastructureTrouble[]; jobs?: boolean }) {
  return (
    <Table label="Infrastructure trouble" head={<><th>When</th><th>Kind</th><th>Message</th><th className="n">Attempt</th>{jobs && <th>Job</th>}<th>Worker</th></>}>
      {items.map((trouble) => (
        <tr key={`${trouble.batchId} ${trouble.attempt}`}>
          <td><Time at={trouble.at} /></td>
          <td>{word(trouble.kind)}</td>
          <td className="name"><Guest text={trouble.message} /></td>
          <td className="n">{trouble.attempt}</td>
          {jobs && <td><Link href={`/jobs/${trouble.jobId}`}>{trouble.jobId.slice(0, 8)}</Link></td>}
          <td>{trouble.workerId ?? "–"}</td>
        </tr>
      ))}
    </Table>
  );
}
