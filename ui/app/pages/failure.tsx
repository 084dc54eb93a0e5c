import { useState } from "react";
import { get, post, Problem } from "../api";
import { bytes, number, visible, word } from "../format";
import { LogPanel } from "../log/panel";
import { Badge, Copy, Fact, Guest, Show, Table, Time, Title, Trouble } from "../parts";
import { useResource } from "../resource";
import { Link } from "../router";
import type { Failure as FailureType, Page } from "../types";

type ReplayRow = { id?: string; state?: string; verdict?: string; createdAt?: string; [field: string]: unknown };

/** Replays on demand, where the server has them. */
function Replays({ id }: { id: string }) {
  const list = useResource(`replays ${id}`, (signal) => get<Page<ReplayRow> | ReplayRow[]>(`/failures/${id}/replays`, signal), 5_000);
  const [problem, setProblem] = useState<Problem | null>(null);
  if (list.problem?.status === 404) return <p className="quiet">This server does not replay on demand.</p>;
  const items = list.value ? (Array.isArray(list.value) ? list.value : list.value.items) : [];
  const replay = () => post(`/failures/${id}/replay`, {}).then(() => { setProblem(null); list.again(); }, setProblem);
  return (
    <>
      {(problem ?? list.problem) && <Trouble problem={(problem ?? list.problem)!} />}
      <div className="tools"><button type="button" onClick={() => void replay()}>Replay it again</button></div>
      {items.length > 0 && (
        <ul className="plain">
          {items.map((row, i) => (
            <li key={row.id ?? i}>
              {row.state && <Badge of={row.state} />} {row.verdict && <Badge of={row.verdict} />} {row.createdAt && <Time at={row.createdAt} />}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const NAMES: Record<string, string> = { MERGED_LOG: "Merged log", SNAPSHOT: "Snapshot", RECORDING: "Recording", MANIFEST: "Manifest" };

export function Failure({ id }: { id: string }) {
  const failure = useResource(id, (signal) => get<FailureType>(`/failures/${id}`, signal));
  return (
    <Show of={failure}>
      {(f) => {
        const schedule = f.coordinates.schedule;
        return (
          <>
            <Title name={f.title || f.reason || word(f.outcome)}>
              <Badge of={f.outcome} /> <Badge of={f.replay} title={f.replayNote} />
            </Title>
            {f.replay !== "VERIFIED" && (
              <div className="trouble" role="note"><strong>{f.replay === "DIVERGED" ? "Its replay went another way" : "It was not replayed"}</strong><span><Guest text={f.replayNote} /></span></div>
            )}
            {f.damage && <div className="trouble" role="note"><strong>Its report is not whole</strong><span><Guest text={f.damage} /></span></div>}
            <dl className="facts">
              <Fact name="Crash"><Link href={`/crashes/${f.crashId}`}>all like it</Link></Fact>
              <Fact name="Job"><Link href={`/jobs/${f.jobId}`}>{f.jobId.slice(0, 8)}</Link></Fact>
              <Fact name="When"><Time at={f.occurredAt} /></Fact>
              <Fact name="Iteration">{number(f.iteration)} <small>of {number(f.coordinates.iterations)} in its batch</small></Fact>
              <Fact name="Instruction">{number(f.instructionCount)}</Fact>
              <Fact name="Shift">{schedule.shift} <small>{number(2 ** schedule.shift)} ns per instruction</small></Fact>
              <Fact name="Delays">{schedule.window > 0 ? `${number(schedule.delay)} + up to ${number(schedule.window)}, seed ${schedule.seed}` : number(schedule.delay)}{schedule.align.toUpperCase() !== "NONE" && `, after a ${word(schedule.align)}`}</Fact>
              <Fact name="Target"><Link href={`/targets/${f.coordinates.target}`}><code>{f.coordinates.target.slice(0, 12)}</code></Link></Fact>
              <Fact name="Emulator">{f.coordinates.emulator}</Fact>
              <Fact name="Worker">{f.workerId}</Fact>
            </dl>
            <section>
              <h2>Report</h2>
              <pre className="report" tabIndex={0}>{visible(f.report) || "The console was empty."}</pre>
            </section>
            <section>
              <h2>Log</h2>
              {f.artifacts.some((artifact) => artifact.kind === "MERGED_LOG") ? <LogPanel failure={id} /> : <p className="quiet">There is no merged log of this failure.</p>}
            </section>
            <section>
              <h2>Downloads</h2>
              <Table label="Downloads" head={<><th>Artifact</th><th>File</th><th className="n">Size</th><th>SHA-256</th></>}>
                {f.artifacts.map((artifact) => (
                  <tr key={artifact.kind}>
                    <td><a href={artifact.url} download>{NAMES[artifact.kind] ?? word(artifact.kind)}</a></td>
                    <td>{artifact.fileName}</td>
                    <td className="n" title={`${artifact.size} bytes`}>{bytes(artifact.size)}</td>
                    <td><code>{artifact.digest}</code></td>
                  </tr>
                ))}
              </Table>
              <Copy label="Fetch all" text={`./bohrwerk download ${f.id} --to failure`} />
            </section>
            <section>
              <h2>Replay</h2>
              <Replays id={id} />
            </section>
            <details>
              <summary>Machine options</summary>
              <pre className="report" tabIndex={0}>{f.coordinates.machineOptions}</pre>
            </details>
          </>
        );
      }}
    </Show>
  );
}

