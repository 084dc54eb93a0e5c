import { number, oneIn, percent } from "../format";
import { RateWords, Show, Table } from "../parts";
import type { Resource } from "../resource";
import { strategyWords } from "../format";
import type { Arm, Job } from "../types";

/** Where a value lies between 0 and the largest of its kind. */
function Bar({ low, mean, high, most }: { low: number; mean: number; high: number; most: number }) {
  const at = (value: number) => (most > 0 ? (value / most) * 100 : 0);
  return (
    <svg className="bar-line" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <line x1="0" x2="100" y1="5" y2="5" className="ground" />
      <rect x={at(low)} width={Math.max(0.8, at(high) - at(low))} y="2" height="6" className="range" />
      <rect x={Math.min(98.8, at(mean))} width="1.2" y="0" height="10" className="mean" />
    </svg>
  );
}

/** The parts of a strategy: how much was tried of each, what failed, and what an adaptive one believes. */
export function Arms({ job, arms }: { job: Job; arms: Resource<Arm[]> }) {
  const places = job.coverage;
  return (
    <section>
      <h2>Strategy</h2>
      <p className="meaning">{strategyWords(job.strategy)}. <span className="quiet">Its rate is {job.rateMeaning}.</span></p>
      {places && (
        <p className="covered">
          <progress max={places.of} value={places.covered} aria-label="Places tried" /> {number(places.covered)} of {number(places.of)} places tried ({percent(places.covered / Math.max(1, places.of))})
        </p>
      )}
      <Show of={arms}>
        {(items) => {
          const believed = items.some((arm) => arm.posterior !== null);
          const most = Math.max(0, ...items.map((arm) => arm.posterior?.high ?? 0));
          const batches = items.reduce((sum, arm) => sum + arm.batches, 0);
          return (
            <Table
              label="Arms"
              head={<><th>Arm</th><th className="n">Shift</th><th className="n">Delays</th><th className="n">Batches</th><th className="n">Iterations</th><th className="n">Failures</th><th>Rate</th>{believed && <th className="wide">Posterior <small>95 %, 0 to {oneIn(most)}</small></th>}</>}
            >
              {items.map((arm) => (
                <tr key={arm.number}>
                  <td title={arm.rateMeaning}>{arm.strategy}</td>
                  <td className="n">{arm.shift}</td>
                  <td className="n">{number(arm.delays.from)} – {number(Math.max(arm.delays.from, arm.delays.to - 1))}</td>
                  <td className="n">{number(arm.batches)} <small>{batches > 0 && percent(arm.batches / batches)}</small></td>
                  <td className="n">{number(arm.iterations)}</td>
                  <td className="n">{number(arm.failures)}</td>
                  <td><RateWords rate={arm.failureRate} failures={arm.failures} iterations={arm.iterations} /></td>
                  {believed && (
                    <td title={arm.posterior ? `Beta(${number(arm.posterior.alpha)}, ${number(arm.posterior.beta)})` : undefined}>
                      {arm.posterior && <><Bar {...arm.posterior} most={most} /> <span className="sr">mean {oneIn(arm.posterior.mean)}</span></>}
                    </td>
                  )}
                </tr>
              ))}
            </Table>
          );
        }}
      </Show>
    </section>
  );
}
