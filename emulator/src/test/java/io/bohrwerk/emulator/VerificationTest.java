package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.emulator.console.AgentLine;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.batch.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What counts as having gone the same way once more. */
class VerificationTest {
    private static final FailureSpot SPOT = new FailureSpot(true, "a line", false, 0, 1);

    private static Digest digest(String text) {
        return Digest.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static BatchRun run(
            Outcome outcome, long iterations, long last, boolean byGuest, @Nullable Integer exit, String console) {
        return BatchRun.recorded(
                BatchRun.Result.of(outcome, iterations),
                new BatchRun.Extent(100, last, byGuest, exit),
                new BatchRun.Where(byGuest ? null : SPOT, BatchRun.UNKNOWN, 100),
                digest(console),
                digest("serial"),
                Path.of("recording.rr"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // outcome, exit of the run | last, exit, words and console of the replay | difference
                "FAILED |   | 900 |   | @bw fail 7 lost | said | ''",
                "FAILED |   | 901 |   | @bw fail 7 lost | said | last instruction was 900, then 901",
                "FAILED |   | 900 |   | @bw fail 7 lost | else | console differs",
                "FAILED |   | 900 |   | @bw fail 8 lost | said | outcome was FAILED at iteration 7, in the replay the agent said fail 8",
                "FAILED |   | 900 |   | @bw pass 6 | said | outcome was FAILED at iteration 7, in the replay the agent said neither fail nor done, pass 6",
                "PASSED |   | 900 |   | @bw pass 7 | said | ''",
                "PASSED |   | 900 |   | @bw done 10 | said | ''",
                "PASSED |   | 900 |   | @bw pass 6 | said | outcome was PASSED at iteration 7, in the replay the agent said neither fail nor done, pass 6",
                "PANICKED |   | 900 |   | @bw pass 6 | said | ''",
                "PANICKED | 3 | 1 | 3 | @bw pass 6 | said | ''",
                "PANICKED | 3 | 1 | 4 | @bw pass 6 | said | debug-exit value was 3, then 4",
                "PANICKED | 3 | 1 |   | @bw pass 6 | said | the guest ended with debug-exit value 3, in the replay it stopped",
            })
    void replays(
            Outcome outcome,
            @Nullable Integer exit,
            long last,
            @Nullable Integer exitAgain,
            String word,
            String console,
            String difference) {
        BatchWords words = new BatchWords(10, false);
        words.take(AgentLine.parse(word).orElseThrow(), word, 1, 0);
        Verification.Replayed replay =
                new Verification.Replayed(last, exitAgain, Ending.Spoken.of(words), digest(console), digest("serial"));
        assertThat(Verification.ofReplay(run(outcome, 7, 900, true, exit, "said"), replay))
                .isEqualTo(difference);
    }

    /** The host stops a guest that does not stop itself at any instruction, and its consoles then end anywhere. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FAILED | 7 | 900 | true | said | ''",
                "FAILED | 8 | 900 | true | said | iteration was 7, then 8",
                "HUNG | 7 | 900 | true | said | outcome was FAILED, then HUNG",
                "FAILED | 7 | 950 | true | said | last instruction was 900, then 950",
                "FAILED | 7 | 900 | true | else | console differs",
            })
    void repeats(Outcome outcome, long iterations, long last, boolean byGuest, String console, String difference) {
        BatchRun first = run(Outcome.FAILED, 7, 900, true, null, "said");
        BatchRun second = run(outcome, iterations, last, byGuest, null, console);
        assertThat(Verification.ofRepeat(first, second)).isEqualTo(difference);
        assertThat(first.agrees(second)).isEqualTo(difference.isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"950, said more, true", "900, said, true"})
    void repeatsThatTheHostStopped(long last, String console, boolean same) {
        BatchRun first = run(Outcome.FAILED, 7, 900, false, null, "said");
        assertThat(first.agrees(run(Outcome.FAILED, 7, last, false, null, console)))
                .isEqualTo(same);
        assertThat(first.agrees(run(Outcome.FAILED, 8, last, false, null, console)))
                .isFalse();
    }
}
