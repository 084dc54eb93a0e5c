import { useEffect, useState } from "react";
import { get, post, Problem } from "../api";
import { repeatedBy, bytes, number, settingWords, visible, word } from "../format";
import { LogPanel } from "../log/panel";
import { Badge, Commands, Fact, Guest, Show, Table, Time, Title, Trouble } from "../parts";
import { useResource } from "../resource";
import { Comparisons } from "./divergence";
import { When } from "./when";
import { Link } from "../router";
import type { Failure as FailureType, Page, Replay } from "../types";

/** Replays on demand: a worker does them. */
function Replays({ id, recorded }: { id: string; recorded: boolean }) {
  const list = useResource(`replays ${id}`, (signal) => get<Page<Replay>>(`/failures/${id}/replays?limit=20`, signal), 5_000);
  const [problem, setProblem] = useState<Problem | null>(null);
  const order = (body: Record<string, unknown>) => () => void post(`/failures/${id}/replay`, body).then(() => { setProblem(null); list.again(); }, setProblem);
  const trouble = problem ?? list.problem;
  return (
    <>
      {trouble && <Trouble problem={trouble} />}
      <div className="tools">
        <button type="button" onClick={order({ mode: "verify", times: 5 })}>Verify it five times</button>
        {recorded && <button type="button" onClick={order({ mode: "log", logClasses: ["int"], window: { margin: 10 } })}>Log ten iterations before it</button>}
      </div>
      {list.value && list.value.items.length > 0 && (
        <ul className="plain">
          {list.value.items.map((replay) => (
            <li key={replay.id}>
              {word(replay.mode)} <Badge of={replay.state} /> {replay.result?.summary ?? replay.result?.verdict} <Guest text={replay.result?.difference || replay.message || ""} />{" "}
              {replay.artifacts.map((artifact) => <a key={artifact.url} href={artifact.url} download>{artifact.fileName} ({bytes(artifact.size)})</a>)} <Time at={replay.createdAt} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const NAMES: Record<string, string> = { MERGED_LOG: "Merged log", MERGED_LOG_INDEX: "Its index", SNAPSHOT: "Snapshot", RECORDING: "Recording", MANIFEST: "Manifest" };

export function Failure({ id }: { id: string }) {
  const failure = useResource(id, (signal) => get<FailureType>(`/failures/${id}`, signal));
  const there = failure.value !== null;
  // Who comes for a part of the page finds it once it is there.
  useEffect(() => {
    if (there && /^#(log|replay)$/.test(location.hash)) document.querySelector(location.hash)?.scrollIntoView();
  }, [there]);
  return (
    <Show of={failure}>
      {(f) => {
        const schedule = f.coordinates.schedule;
        const way = repeatedBy(f);
        const recorded = way === "replay";
        return (
          <>
            <Title name={f.title || f.reason || word(f.outcome)}>
              <Badge of={f.outcome} /> <Badge of={f.replay} title={f.replayNote} />
            </Title>
            {f.replay !== "VERIFIED" && (
              <div className="trouble" role="note"><strong>{f.replay === "DIVERGED" ? "Its replay diverged" : "It was not replayed"}</strong><span><Guest text={f.replayNote} /></span></div>
            )}
            {f.note && <div className="trouble" role="note"><strong>The guest broke the protocol</strong><span><Guest text={f.note} /></span></div>}
            {f.damage && <div className="trouble" role="note"><strong>Its report is incomplete</strong><span><Guest text={f.damage} /></span></div>}
            <dl className="facts">
              <Fact name="Crash"><Link href={`/crashes/${f.crashId}`}>all like it</Link></Fact>
              <Fact name="Job"><Link href={`/jobs/${f.jobId}`}>{f.jobId.slice(0, 8)}</Link></Fact>
              <Fact name="When"><Time at={f.occurredAt} /></Fact>
              <Fact name="Iteration">{number(f.iteration)} <small>of {number(f.coordinates.iterations)} in its batch</small></Fact>
              {f.subtests && <Fact name="Subtests">{number(f.subtests.passed)} passed <small>{number(f.subtests.failed)} failed, {number(f.subtests.expected)} failed as expected, {number(f.subtests.skipped)} skipped</small></Fact>}
              {way !== "never" && <Fact name="Instruction">{number(f.instructionCount)}</Fact>}
              {schedule.setting && <Fact name="Setting">{settingWords(schedule.setting)}</Fact>}
              {typeof f.extraInterrupt === "number" && <Fact name="Extra interrupt">{number(f.extraInterrupt)} <small>instructions after the test begins</small></Fact>}
              <Fact name="Shift">{schedule.shift} <small>{number(2 ** schedule.shift)} ns per instruction</small></Fact>
              <Fact name="Delay">{typeof f.delay === "number" && <>{number(f.delay)} <small>instructions; its batch: </small></>}{schedule.window > 0 ? `${number(schedule.delay)} + up to ${number(schedule.window)}, seed ${schedule.seed}` : number(schedule.delay)}{schedule.align.toUpperCase() !== "NONE" && `, after a ${word(schedule.align)}`}</Fact>
              {schedule.slices && <Fact name="Slices">{schedule.slices.map(number).join(" and ")} <small>µs of the guest's time</small></Fact>}
              <Fact name="Target"><Link href={`/targets/${f.coordinates.target}`}><code>{f.coordinates.target.slice(0, 12)}</code></Link></Fact>
              <Fact name="Emulator">{f.coordinates.emulator}</Fact>
              <Fact name="Worker">{f.workerId}</Fact>
            </dl>
            <section>
              <h2>Report</h2>
              <pre className="report" tabIndex={0}>{visible(f.report) || "The console was empty."}</pre>
              {f.frames.length > 0 && <p className="quiet">Stack, innermost first: <Guest text={f.frames.join(" ← ")} /></p>}
            </section>
            <section id="log">
              <h2>Log</h2>
              {f.artifacts.some((artifact) => artifact.kind === "MERGED_LOG") ? <LogPanel failure={id} /> : <p className="quiet">There is no merged log of this failure.</p>}
            </section>
            {recorded && <Comparisons failure={id} />}
            {recorded && <When failure={id} />}
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
              <p><a href={`/api/v1/failures/${f.id}/bundle`} download>Bundle</a>: {{ replay: "all of it and what replays it on a machine with only QEMU and gdb.", run: "all of it and what runs it again on a machine with only QEMU.", never: "all of it. It cannot be replayed." }[way]}</p>
            </section>
            <section id="replay">
              <h2>Replay</h2>
              {way === "run" && <p className="quiet">Its guest has several CPUs, of which QEMU makes no recording: its batch is run again from the same snapshot, and goes the same way on the same version of QEMU.</p>}
              {way === "never" ? <p className="quiet">There is none: icount was off in its job, so nothing was recorded.</p> : <><Replays id={id} recorded={recorded} /><Commands failure={id} recorded={recorded} /></>}
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

