import { number } from "../format";
import { Link } from "../router";
import type { FixAnswer } from "../types";

/** Never "fixed" without how sure that is. */
export function FixAnswerWords({ answer }: { answer: FixAnswer }) {
  const sure = answer.confidenceReached === null ? "" : ` Confidence reached: ${(answer.confidenceReached * 100).toFixed(1)} %.`;
  const words = {
    NOT_FIXED: "Not fixed: it failed on this target, too.",
    NO_FAILURE_AT_CONFIDENCE: `No failure in the ${number(answer.iterationsNeeded)} iterations that ${answer.confidence * 100} % takes.`,
    UNDECIDED: `Not decided: ${number(answer.iterationsNeeded)} iterations without a failure are needed.`,
  }[answer.verdict];
  return <p><strong>Is it fixed?</strong> {words}{sure} The failure was found by <Link href={`/jobs/${answer.job}`}>job {answer.job.slice(0, 8)}</Link>.</p>;
}
