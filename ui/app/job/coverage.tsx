import { get } from "../api";
import { number, word } from "../format";
import { Show, Table } from "../parts";
import { useResource } from "../resource";
import type { Coverage, Job } from "../types";

const MOST = 50;

/** Where a traced job's test was interrupted, by function, and where the tick was when an iteration failed. */
export function TracedCoverage({ job, every }: { job: Job; every: number }) {
  const coverage = useResource(`coverage ${job.id} ${job.state}`, (signal) => get<Coverage>(`/jobs/${job.id}/coverage`, signal), every);
  return (
    <section>
      <h2>Interrupted places</h2>
      <Show of={coverage}>
        {({ shifts, failures }) => (
          <>
            {failures.length > 0 && (
              <Table label="Where the tick was in failing iterations" head={<><th>Failure</th><th>Tick at</th><th>In</th><th>Kind</th><th className="n">Shift</th><th className="n">Delay</th></>}>
                {failures.map((each) => (
                  <tr key={each.failureId}>
                    <td><a href={`/failures/${each.failureId}`}>{each.failureId.slice(0, 8)}</a></td>
                    <td><code>{each.pc ?? "not known"}</code></td>
                    <td><code>{each.symbol ?? ""}</code></td>
                    <td>{each.kind ? word(each.kind) : ""}</td>
                    <td className="n">{each.shift}</td>
                    <td className="n">{number(each.delay)}</td>
                  </tr>
                ))}
              </Table>
            )}
            {shifts.map((each) => (
              <div key={each.shift}>
                <p>
                  Shift {each.shift}: {each.state === "COMPLETED"
                    ? <>{number(each.tried)} of {number(each.places)} places in {number(each.instructions)} traced instructions, by {number(each.run)} of {number(each.iterations)} iterations.
                      {typeof each.exact === "number" && <> Of the interrupts checked, {Math.round(each.exact * 100)} % landed on exactly their instruction.</>}
                      {each.checked === false && <> <strong>The first ticks were not seen to land where intended: places are where they were aimed, not where they landed.</strong></>}</>
                    : <>the trace is {word(each.state)}.</>}
                  {each.message && <> <span className="quiet">{each.message}</span></>}
                </p>
                {each.symbols.length > 0 && (
                  <Table label={`Functions at shift ${each.shift}`} head={<><th>Function</th><th className="n">Places</th><th className="n">On traps&rsquo; paths</th><th className="n">Interrupted</th></>}>
                    {each.symbols.slice(0, MOST).map((symbol) => (
                      <tr key={symbol.symbol}>
                        <td><code>{symbol.symbol}</code></td>
                        <td className="n">{number(symbol.places)}</td>
                        <td className="n">{number(symbol.trapPlaces)}</td>
                        <td className="n">{number(symbol.tried)}</td>
                      </tr>
                    ))}
                  </Table>
                )}
                {each.symbols.length > MOST && <p className="quiet">The {MOST} least tried of {number(each.symbols.length)}; all: <code>/api/v1/jobs/{job.id}/coverage</code></p>}
              </div>
            ))}
          </>
        )}
      </Show>
    </section>
  );
}
