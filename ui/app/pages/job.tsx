import { useState } from "react";
import { get, post, Problem, query } from "../api";
import { Chart } from "../chart";
import { Arms } from "../job/arms";
import { TracedCoverage } from "../job/coverage";
import { FixAnswerWords } from "../job/answer";
import { ENDED, useJob } from "../job/live";
import { Questions } from "../job/questions";
import { duration, number, settingWords, word } from "../format";
import { Badge, Empty, Fact, Guest, Pager, RateWords, Show, Table, Time, Title, Trouble } from "../parts";
import { useAgain, useResource } from "../resource";
import { Link, useAddress } from "../router";
import { again } from "../submission";
import { TroubleTable } from "../troubles";
import type { Arm, Batch, Failure, InfrastructureTrouble, Job as JobType, JobCrash, Page, Sample } from "../types";
import { FailureTable } from "./crash";
import { Progress, remaining } from "./overview";

const REASONS: Record<string, string> = {
  FAILURES: "it found the failures it was to find",
  ITERATIONS: "its iterations are used up",
  SCHEDULES: "its strategy has run every schedule",
  WALL_TIME: "its time is up",
  RATE_BELOW: "the failure rate was shown to be below the limit",
};

function Actions({ job }: { job: JobType }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const cancel = () => post(`/jobs/${job.id}/cancel`).then(() => setProblem(null), setProblem);
  return (
    <>
      {!ENDED.has(job.state) && <button type="button" onClick={() => void cancel()}>Cancel</button>}
      <Link className="button" href={`/submit${query(again(job))}`}>Submit again</Link>
      {problem && <Trouble problem={problem} />}
    </>
  );
}

/** The rate as it came to be known: its interval is wide at first. */
function RateChart({ samples }: { samples: Sample[] }) {
  const million = (value: number | null) => (value === null ? null : value * 1e6);
  const sampled = samples.some(({ failureRate }) => failureRate.high !== null);
  // Before anything has failed the upper end says "below 1 in 300" and would press all that comes after it to the ground.
  const tallest = sampled ? Math.max(...samples.slice(-Math.ceil(samples.length / 2)).map(({ failureRate }) => failureRate.high ?? 0)) * 1.5e6 : null;
  return (
    <Chart label={`Failures per million iterations${sampled ? ", with the 95 % interval" : ""}`} band={sampled} top={tallest}
      x={samples.map((s) => Date.parse(s.at) / 1000)}
      lines={[
        { label: "rate", values: samples.map((s) => million(s.failureRate.perIteration)), colour: "--accent" },
        { label: "high", values: samples.map((s) => million(s.failureRate.high)), colour: "--line" },
        { label: "low", values: samples.map((s) => million(s.failureRate.low)), colour: "--line" },
      ].slice(0, sampled ? 3 : 1)} />
  );
}

export function Job({ id }: { id: string }) {
  const cursor = useAddress().searchParams.get("cursor");
  const job = useJob(id);
  const every = job.value && !ENDED.has(job.value.state) ? 3_000 : 0;
  const crashes = useResource(`crashes ${id}`, (signal) => get<Page<JobCrash>>(`/jobs/${id}/crashes?limit=20`, signal));
  const failures = useResource(`failures ${id}`, (signal) => get<Page<Failure>>(`/jobs/${id}/failures?limit=10&report=false`, signal));
  const troubled = job.value && job.value.infrastructureTroubles > 0 ? `troubles ${id} ${job.value.infrastructureTroubles}` : null;
  const troubles = useResource(troubled, (signal) => get<Page<InfrastructureTrouble>>(`/troubles?job=${id}&limit=20`, signal));
  const path = `/jobs/${id}/batches${query({ limit: 50, cursor })}`;
  const batches = useResource(path, (signal) => get<Page<Batch>>(path, signal), every);
  const arms = useResource(`arms ${id}`, (signal) => get<Arm[]>(`/jobs/${id}/arms`, signal), every);
  useAgain(job.value && `${job.value.failures} ${job.value.state}`, crashes, failures);
  useAgain(job.value && job.value.state, batches, arms);
  return (
    <Show of={job}>
      {(j) => {
        const left = remaining(j, Date.now());
        const seconds = j.startedAt ? Math.max(0.1, (Date.parse(j.finishedAt ?? new Date().toISOString()) - Date.parse(j.startedAt)) / 1000) : 0;
        const next = j.nextFailure;
        return (
          <>
            <Title name={j.name}><Badge of={j.state} /> <Actions job={j} /></Title>
            {j.message && <div className="trouble" role="alert"><strong>Ended with an error</strong><span><Guest text={j.message} /></span></div>}
            {j.waitsFor && <p role="status"><strong>It waits:</strong> {j.waitsFor}.</p>}
            {j.stopReason && <p className="quiet">It ended because {REASONS[j.stopReason] ?? word(j.stopReason)}.</p>}
            {j.isItFixed && <FixAnswerWords answer={j.isItFixed} />}
            {j.comparison && <p>One side of a <Link href={`/comparisons/${j.comparison}`}>comparison</Link>.</p>}
            <Progress job={j} />
            <dl className="facts" aria-live="off">
              <Fact name="Iterations">{number(j.iterations + j.iterationsRunning)} <small>of {number(j.budget.iterations)}</small></Fact>
              <Fact name="Failures">{number(j.failures)}{j.stop.failures > 0 && <small> stops at {number(j.stop.failures)}</small>}{j.beyondStopRule && j.beyondStopRule.failures > 0 && <small>{j.stop.failures > 0 && ";"} {number(j.beyondStopRule.failures)} of them beyond the stop rule, from batches still running when it ended</small>}</Fact>
              <Fact name="Failure rate"><RateWords rate={j.failureRate} failures={j.failures} iterations={j.iterations} /></Fact>
              {next && !ENDED.has(j.state) && <Fact name="Next failure">after {number(Math.round(next.iterations))} <small>iterations{next.seconds !== null && `, ${duration(next.seconds)}`}, on average</small></Fact>}
              <Fact name="Speed">{seconds ? `${number(Math.round((j.iterations + j.iterationsRunning) / seconds))} per second` : "–"}</Fact>
              <Fact name={ENDED.has(j.state) ? "Took" : "Left, at most"}>{ENDED.has(j.state) ? duration(seconds) : left === null ? "–" : duration(left)}</Fact>
              {!ENDED.has(j.state) && <Fact name="Machines">{j.machines}</Fact>}
              <Fact name="Batches">{number(j.batches.completed)} <small>done{j.batches.queued > 0 && `, ${j.batches.queued} in flight`}{j.batches.lost > 0 && `, ${j.batches.lost} lost`}{!ENDED.has(j.state) && `, ${j.findsBatchSize ? "now of" : "of"} ${number(j.iterationsPerBatch)} ${j.iterationsPerBatch === 1 ? "iteration" : "iterations"}`}</small></Fact>
              <Fact name="Infrastructure trouble">{number(j.infrastructureTroubles)}</Fact>
              {j.unexpectedPasses !== undefined && j.unexpectedPasses.length > 0 && (
                <Fact name="Passed, though expected to fail">
                  {j.unexpectedPasses.map((pass) => (
                    <div key={pass.subtest}><Guest text={pass.subtest} /> <small>in {number(pass.batches)} {pass.batches === 1 ? "batch" : "batches"}, first in {number(pass.firstBatch)}, iteration {number(pass.firstIteration)}</small></div>
                  ))}
                </Fact>
              )}
              <Fact name="First failure">{j.firstFailureId ? <Link href={`/failures/${j.firstFailureId}`}>{j.secondsToFirstFailure === null ? "open" : `after ${duration(j.secondsToFirstFailure)}`}</Link> : "none"}</Fact>
              {j.budget.wallTime && <Fact name="Wall time, at most">{j.budget.wallTime}</Fact>}
              {j.stop.whenRateBelow && <Fact name="Stops when">below {number(Math.round(1e9 * j.stop.whenRateBelow.rate) / 1e3)} <small>per million, at {Number((j.stop.whenRateBelow.confidence * 100).toPrecision(6))} %</small></Fact>}
              <Fact name="Target"><Link href={`/targets/${j.target}`}>{j.targetName}</Link></Fact>
              {j.setting && <Fact name="Setting">{settingWords(j.setting)}</Fact>}
              <Fact name="Submitted"><Time at={j.createdAt} /></Fact>
            </dl>
            {job.samples.length > 1 && <RateChart samples={job.samples} />}
            <section>
              <h2>Crashes</h2>
              <Show of={crashes}>
                {({ items, next: more }) => items.length === 0 ? <Empty>{ENDED.has(j.state) ? "It found no crash." : "None so far."}</Empty> : (
                  <>
                    <Table label="Crashes of this job" head={<><th>Title</th><th className="n">In this job</th><th>Rate here</th><th className="n">Total</th><th>State</th></>}>
                      {items.map((crash) => (
                        <tr key={crash.id}>
                          <td className="name"><Link href={`/crashes/${crash.id}`}><Guest text={crash.title} /></Link></td>
                          <td className="n">{number(crash.failuresInJob)}</td>
                          <td><RateWords rate={crash.rateInJob} failures={crash.failuresInJob} iterations={j.iterations} /></td>
                          <td className="n">{number(crash.failures)}</td>
                          <td><Badge of={crash.state} /></td>
                        </tr>
                      ))}
                    </Table>
                    {more && <p className="quiet">And more: <a href={`/api/v1/jobs/${id}/crashes?limit=500`}>all of them as JSON</a>.</p>}
                  </>
                )}
              </Show>
            </section>
            {failures.value && failures.value.items.length > 0 && <section><h2>Latest failures</h2><FailureTable items={failures.value.items} /></section>}
            <Arms job={j} arms={arms} />
            {j.strategy.kind === "traced" && <TracedCoverage job={j} every={every} />}
            <Questions job={j} />
            {troubles.value && troubles.value.items.length > 0 && <section><h2>Latest infrastructure trouble</h2><TroubleTable items={troubles.value.items} /></section>}
            <section>
              <h2>Batches</h2>
              <Show of={batches}>
                {({ items, next: more }) => items.length === 0 ? <Empty>None yet.</Empty> : (
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
                    <Pager next={more} cursor={cursor} />
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
