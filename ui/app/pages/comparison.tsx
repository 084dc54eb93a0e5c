import { get } from "../api";
import { interval, number, oneIn, settingWords, strategyWords } from "../format";
import { Badge, Fact, Guest, RateWords, Show, Table, Time, Title } from "../parts";
import { useResource } from "../resource";
import { Link } from "../router";
import type { Comparison as ComparisonType } from "../types";

const VERDICTS = { DIFFERENT: "The rates differ", NO_DIFFERENCE_SEEN: "No difference seen", UNDECIDED: "Not decided yet" };

function words(c: ComparisonType): string {
  const sure = `${Number((c.confidence * 100).toPrecision(6))} %`;
  if (c.verdict === "DIFFERENT") return `Equal rates would give counts as unlike as these in ${(c.pValue * 100).toPrecision(2)} of 100 cases; less than ${sure} confidence asks for.`;
  if (c.verdict === "NO_DIFFERENCE_SEEN") return "The difference may be chance. That does not mean that the rates are equal: the interval of the ratio says how far apart they may be.";
  return "It is still running, or one side ended early.";
}

/** The same test under two settings, side by side. */
export function Comparison({ id }: { id: string }) {
  const comparison = useResource(id, (signal) => get<ComparisonType>(`/comparisons/${id}`, signal), 3_000);
  return (
    <Show of={comparison}>
      {(c) => (
        <>
          <Title name="Comparison"><Badge of={c.verdict} /></Title>
          <p><strong>{VERDICTS[c.verdict]}.</strong> {words(c)}</p>
          {c.emulators && (
            <p>
              <strong>Guest bug or emulator bug?</strong> {c.emulators.meaning[0]?.toUpperCase()}{c.emulators.meaning.slice(1)}.{" "}
              <small>Of {number(c.emulators.schedules.ran)} schedules run on both {number(c.emulators.schedules.failedOnBoth)} failed on both, {number(c.emulators.schedules.failedOnFirst)} on the first only, {number(c.emulators.schedules.failedOnSecond)} on the second only.</small>
            </p>
          )}
          <dl className="facts">
            <Fact name="Second rate against first">{c.ratio === null ? "–" : `${c.ratio.toPrecision(3)} times`} <small>{c.ratioLow.toPrecision(3)} to {c.ratioHigh === null ? "∞" : c.ratioHigh.toPrecision(3)}</small></Fact>
            <Fact name="p of equal rates">{c.pValue.toPrecision(3)} <small>Fisher's exact test</small></Fact>
            <Fact name="Asked of"><Link href={`/jobs/${c.job}`}>job {c.job.slice(0, 8)}</Link></Fact>
            <Fact name="Asked"><Time at={c.createdAt} /></Fact>
          </dl>
          <h2>Sides</h2>
          <Table label="Sides" head={<><th>Side</th><th>State</th><th>Target</th><th>Strategy</th><th>Setting</th><th className="n">Iterations</th><th className="n">Failures</th><th>Rate</th><th className="n">Troubles</th></>}>
            {[c.first, c.second].map((side, i) => (
              <tr key={side.job}>
                <td><Link href={`/jobs/${side.job}`}>{i === 0 ? "as it was" : "the other"}</Link></td>
                <td><Badge of={side.state} /> {side.message && <Guest text={side.message} />}</td>
                <td><Link href={`/targets/${side.target}`}><code>{side.target.slice(0, 12)}</code></Link></td>
                <td className="name">{strategyWords(side.strategy)}</td>
                <td className="name">{settingWords(side.setting) || "as usual"}</td>
                <td className="n">{number(side.iterations)}</td>
                <td className="n">{number(side.failures)}</td>
                <td title={interval(side.failureRate)}><RateWords rate={side.failureRate} failures={side.failures} iterations={side.iterations} /></td>
                <td className="n">{number(side.infrastructureTroubles)}</td>
              </tr>
            ))}
          </Table>
          {c.ratio !== null && c.first.failures > 0 && <p className="quiet">First {oneIn(c.first.failureRate.perIteration)}, second {oneIn(c.second.failureRate.perIteration)}.</p>}
        </>
      )}
    </Show>
  );
}
