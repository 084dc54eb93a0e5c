import { useEffect, useState } from "react";
import { get, post, Problem, query } from "../api";
import { Chart } from "../chart";
import { duration, number, strategyWords, word } from "../format";
import { Badge, Empty, Fact, Guest, Pager, RateWords, Show, Table, Time, Title, Trouble } from "../parts";
import { useResource } from "../resource";
import { Link, useAddress } from "../router";
import type { Batch, Crash, Failure, FixAnswer, Job as JobType, Page } from "../types";
import { FailureTable } from "./crash";
import { Progress, remaining } from "./overview";

const ENDED = new Set(["COMPLETED", "CANCELLED", "ERROR"]);
const REASONS: Record<string, string> = {
  FAILURES: "found the failures it was to find",
  ITERATIONS: "its iterations are used up",
  SCHEDULES: "its strategy has no schedule left that was not run",
  WALL_TIME: "its time is over",
  RATE_BELOW: "the failure is as rare as was to be shown",
};
type Sample = { at: number; rate: number; low: number | null; high: number | null };

/** The job as the server's events tell it, and its rate since the page was opened. Asks anew until the stream is back. */
function useJob(id: string) {
  const job = useResource(id, (signal) => get<JobType>(`/jobs/${id}`, signal));
  const [live, setLive] = useState<JobType | null>(null);
  const [lost, setLost] = useState(false);
  const [samples, setSamples] = useState<Sample[]>([]);
  const known = job.value !== null;
  const ended = live ? ENDED.has(live.state) : job.value ? ENDED.has(job.value.state) : false;
  useEffect(() => {
    if (!known || ended) return undefined;
    const events = new EventSource(`/api/v1/jobs/${id}/events`);
    events.addEventListener("job", (event) => {
      const value = JSON.parse((event as MessageEvent<string>).data) as JobType;
      setLive(value);
      setLost(false);
      if (value.iterations > 0) {
        const { perIteration, low, high } = value.failureRate;
        setSamples((old) => [...old.slice(-600), { at: Date.now() / 1000, rate: perIteration, low, high }]);
      }
    });
    events.onerror = () => setLost(true);
    return () => events.close();
  }, [id, known, ended]);
  useEffect(() => {
    if (!lost || ended) return undefined;
    const timer = setInterval(job.again, 3_000);
    return () => clearInterval(timer);
  }, [lost, ended, job.again]);
  // The stream ends with the job, which looks like a loss: what it said last stays true.
  const last = live !== null && ENDED.has(live.state);
  return { ...job, value: lost && !last ? job.value ?? live : live ?? job.value, samples };
}

function Actions({ job }: { job: JobType }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const cancel = () => post(`/jobs/${job.id}/cancel`).then(() => setProblem(null), setProblem);
  const again = query({
    target: job.target,
    name: job.name,
    strategy: JSON.stringify(job.strategy),
    iterations: job.budget.iterations,
    wallTime: job.budget.wallTime,
    stopAfterFailures: job.stop.failures,
    iterationsPerBatch: job.iterationsPerBatch,
  });
  return (
    <>
      {!ENDED.has(job.state) && <button type="button" onClick={() => void cancel()}>Cancel</button>}
      <Link className="button" href={`/submit${again}`}>Submit again</Link>
      {problem && <Trouble problem={problem} />}
    </>
  );
}

/** Never "fixed" without how sure that is. */
function FixAnswerWords({ answer }: { answer: FixAnswer }) {
  const sure = answer.confidenceReached === null ? "" : ` Confidence reached: ${(answer.confidenceReached * 100).toFixed(1)} %.`;
  const words = {
    NOT_FIXED: "Not fixed: it failed on this target, too.",
    NO_FAILURE_AT_CONFIDENCE: `No failure in the ${number(answer.iterationsNeeded)} iterations that ${answer.confidence * 100} % takes.`,
    UNDECIDED: `Not decided: ${number(answer.iterationsNeeded)} iterations without a failure are needed.`,
  }[answer.verdict];
  return <p><strong>Is it fixed?</strong> {words}{sure} The failure was met by <Link href={`/jobs/${answer.job}`}>job {answer.job.slice(0, 8)}</Link>.</p>;
}

export function Job({ id }: { id: string }) {
  const cursor = useAddress().searchParams.get("cursor");
  const job = useJob(id);
  const every = job.value && !ENDED.has(job.value.state) ? 3_000 : 0;
  const version = `${id} ${job.value?.failures} ${job.value?.state}`;
  const crashes = useResource(`crashes ${version}`, (signal) => get<Page<Crash>>(`/jobs/${id}/crashes?limit=20`, signal));
  const failures = useResource(`failures ${version}`, (signal) => get<Page<Failure>>(`/jobs/${id}/failures?limit=10`, signal));
  const path = `/jobs/${id}/batches${query({ limit: 50, cursor })}`;
  const batches = useResource(`${path} ${job.value?.state}`, (signal) => get<Page<Batch>>(path, signal), every);
  return (
    <Show of={job}>
      {(j) => {
        const left = remaining(j, Date.now());
        const seconds = j.startedAt ? Math.max(0.1, (Date.parse(j.finishedAt ?? new Date().toISOString()) - Date.parse(j.startedAt)) / 1000) : 0;
        return (
          <>
            <Title name={j.name}><Badge of={j.state} /> <Actions job={j} /></Title>
            {j.message && <div className="trouble" role="alert"><strong>Ended by trouble</strong><span><Guest text={j.message} /></span></div>}
            {j.stopReason && <p className="quiet">It ended because {REASONS[j.stopReason] ?? word(j.stopReason)}.</p>}
            {j.isItFixed && <FixAnswerWords answer={j.isItFixed} />}
            <Progress job={j} />
            <dl className="facts" aria-live="off">
              <Fact name="Iterations">{number(j.iterations + j.iterationsRunning)} <small>of {number(j.budget.iterations)}</small></Fact>
              <Fact name="Failures">{number(j.failures)}{j.stop.failures > 0 && <small> stops at {number(j.stop.failures)}</small>}</Fact>
              <Fact name="Failure rate"><RateWords rate={j.failureRate} failures={j.failures} iterations={j.iterations} />{" "}<small>{j.rateMeaning}</small></Fact>
              {j.coverage && <Fact name="Places tried">{number(j.coverage.covered)} <small>of {number(j.coverage.of)}</small></Fact>}
              <Fact name="Pace">{seconds ? `${number(Math.round((j.iterations + j.iterationsRunning) / seconds))} per second` : "–"}</Fact>
              <Fact name={ENDED.has(j.state) ? "Took" : "Left, at most"}>{ENDED.has(j.state) ? duration(seconds) : left === null ? "–" : duration(left)}</Fact>
              <Fact name="Machines">{j.machines}</Fact>
              <Fact name="Batches">{number(j.batches.completed)} <small>done, {j.batches.queued} in flight{j.batches.lost > 0 && `, ${j.batches.lost} lost`}</small></Fact>
              <Fact name="Infrastructure troubles">{number(j.infrastructureTroubles)}</Fact>
              {j.unexpectedPasses !== undefined && j.unexpectedPasses.length > 0 && (
                <Fact name="Passed, though expected to fail">
                  {j.unexpectedPasses.map((pass) => (
                    <div key={pass.subtest}><Guest text={pass.subtest} /> <small>in {number(pass.batches)} {pass.batches === 1 ? "batch" : "batches"}, first in {number(pass.firstBatch)}, iteration {number(pass.firstIteration)}</small></div>
                  ))}
                </Fact>
              )}
              <Fact name="First failure">{j.firstFailureId ? <Link href={`/failures/${j.firstFailureId}`}>{j.secondsToFirstFailure === null ? "open" : `after ${duration(j.secondsToFirstFailure)}`}</Link> : "none"}</Fact>
              <Fact name="Target"><Link href={`/targets/${j.target}`}>{j.targetName}</Link></Fact>
              <Fact name="Strategy">{strategyWords(j.strategy)}</Fact>
              <Fact name="Submitted"><Time at={j.createdAt} /></Fact>
            </dl>
            {job.samples.length > 1 && (
              <Chart label="Failures per million iterations, with the 95 % interval, since this page was opened" band
                x={job.samples.map((s) => s.at)}
                lines={[
                  { label: "rate", values: job.samples.map((s) => s.rate * 1e6), colour: "--accent" },
                  { label: "high", values: job.samples.map((s) => s.high === null ? null : s.high * 1e6), colour: "--line" },
                  { label: "low", values: job.samples.map((s) => s.low === null ? null : s.low * 1e6), colour: "--line" },
                ]} />
            )}
            <section>
              <h2>Crashes</h2>
              <Show of={crashes}>
                {({ items }) => items.length === 0 ? <Empty>{ENDED.has(j.state) ? "It met no crash." : "None so far."}</Empty> : (
                  <ul className="plain">{items.map((crash) => <li key={crash.id}><Link href={`/crashes/${crash.id}`}><Guest text={crash.title} /></Link></li>)}</ul>
                )}
              </Show>
            </section>
            {failures.value && failures.value.items.length > 0 && <section><h2>Latest failures</h2><FailureTable items={failures.value.items} /></section>}
            <section>
              <h2>Batches</h2>
              <Show of={batches}>
                {({ items, next }) => items.length === 0 ? <Empty>None was cut yet.</Empty> : (
                  <>
                    <Table label="Batches" head={<><th className="n">Batch</th><th>State</th><th className="n">Shift</th><th className="n">Seed</th><th className="n">Iterations</th><th className="n">Instructions</th><th className="n">Attempt</th><th>Worker</th><th>Finished</th></>}>
                      {items.map((batch) => (
                        <tr key={batch.id}>
                          <td className="n">{number(batch.number)}</td>
                          <td><Badge of={batch.state} /></td>
                          <td className="n">{batch.schedule.shift}</td>
                          <td className="n">{batch.schedule.seed || "–"}</td>
                          <td className="n">{batch.iterationsRun === null ? "–" : number(batch.iterationsRun)} <small>of {number(batch.iterations)}</small></td>
                          <td className="n">{batch.instructions === null ? "–" : number(batch.instructions)}</td>
                          <td className="n">{batch.attempt}</td>
                          <td>{batch.workerId ?? "–"}</td>
                          <td><Time at={batch.finishedAt} /></td>
                        </tr>
                      ))}
                    </Table>
                    <Pager next={next} cursor={cursor} />
                  </>
                )}
              </Show>
            </section>
          </>
        );
      }}
    </Show>
  );
}
