import { Chart } from "../chart";
import { duration, number, percent } from "../format";
import { Copy, Table } from "../parts";
import type { WhenCurve } from "../types";
import { Said, useReplayed } from "./divergence";

function Curve({ of }: { of: WhenCurve }) {
  const near = [...of.points].reverse();
  return (
    <>
      {near.length > 1 && (
        <Chart label="Runs that fail, %, with their 95 % interval, against instructions before the failure's end" time={false} back band top={104} x={near.map((point) => point.before)}
          lines={[
            { label: "fails", values: near.map((point) => point.rate.perIteration * 100), colour: "--bad", dots: true },
            { label: "high", values: near.map((point) => point.rate.high * 100), colour: "--line" },
            { label: "low", values: near.map((point) => point.rate.low * 100), colour: "--line" },
          ]} />
      )}
      <Table label="When curve" head={<><th className="n">Before its end</th><th className="n">Fails</th><th className="n">95 % interval</th><th>Place</th></>}>
        {of.points.map((point) => (
          <tr key={point.before} className={point.before === of.certainFrom ? "first" : undefined} aria-current={point.before === of.certainFrom ? "true" : undefined}>
            <td className="n">{number(point.before)}</td>
            <td className="n" title={point.others > 0 ? `${point.others} more failed later, or in another way` : undefined}>{point.failures} of {point.runs}</td>
            <td className="n">{percent(point.rate.low)} to {percent(point.rate.high)}</td>
            <td><code>{point.ip}</code> {point.symbol && <code>{point.symbol}</code>}</td>
          </tr>
        ))}
      </Table>
      <p className="quiet">
        From each point the machine went on by itself, its timers held back by up to a period of {number(of.period)} instructions. {number(of.runs)} runs in {duration(of.millis / 1000)}
        {of.cut && "; cut short by the time limit"}.
      </p>
    </>
  );
}

/** From where on the failure was certain. */
export function When({ failure }: { failure: string }) {
  const when = useReplayed<WhenCurve>(`/failures/${failure}/when`);
  return (
    <section>
      <h2>When it became certain</h2>
      <div className="tools">
        <button type="button" disabled={when.under} onClick={when.order}>Find the point from which it fails</button>
      </div>
      <Said of={when} />
      {when.value?.result && <Curve of={when.value.result} />}
      <Copy label="The same in a terminal" text={`./bohrwerk when ${failure}`} />
    </section>
  );
}
