package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.emulator.console.AgentLine;
import io.bohrwerk.emulator.report.KernelReport;
import io.bohrwerk.protocol.batch.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How a batch of ten iterations ended, by what was seen: lines in the order in which they were read, then how the machine ended. A line
 * that is not the agent's is a report on the serial port: {@code oops} is survived, {@code panic} is deadly for certain, {@code quote} may
 * be a program's.
 */
class EndingTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "@bw done 10 > > PASSED 10",
                "@bw pass 10 > the guest ended with debug-exit value 3 > PASSED 10",
                "@bw pass 9 > the guest ended with debug-exit value 0 > PANICKED 10 the guest ended with debug-exit value 0",
                "> the processor was reset > PANICKED 1 the processor was reset",
                "@bw pass 6 > hang: no word > HUNG 7 hang: no word",
                "@bw pass 6|@bw fail 7 lost > > FAILED 7 lost",
                "@bw pass 6|@bw fail 7 lost|@bw done 10 > > FAILED 7 lost + said: @bw done 10",
                "@bw fail 7 lost|@bw fail 10 > > FAILED 7 lost + said: @bw fail 10",
                "@bw fail 7 lost|@bw pass 20 > > FAILED 7 lost + said: @bw pass 20",
                "@bw fail 7 lost|panic > > FAILED 7 lost + panic",
                "@bw fail 7 lost > the guest ended with debug-exit value 0 > FAILED 7 lost",
                "@bw fail 7 lost|@bw pass 8|oops > > FAILED 7 lost + oops",
                // The oops killed the test: its console was read a little later.
                "@bw pass 6|@bw fail 7 killed|oops > > PANICKED 7 oops",
                "@bw pass 6|oops|@bw fail 7 killed > > PANICKED 7 oops",
                "@bw pass 5|oops|@bw pass 6|@bw fail 7 other > > PANICKED 6 oops",
                "oops|@bw done 10 > > PANICKED 1 oops",
                "@bw pass 10|oops > > PANICKED 10 oops",
                "@bw pass 6|panic > the processor was reset > PANICKED 7 panic",
                "@bw pass 6|panic|@bw pass 7 > > PANICKED 8 panic",
                "quote|@bw done 10 > > PASSED 10",
                "@bw done 10|panic > > PASSED 10",
                "@bw pass 11 > > broken @bw pass 11",
                "@bw pass 11|panic > > PANICKED 1 panic + @bw pass 11",
                "panic|@bw perhaps > > PANICKED 1 panic + @bw perhaps",
                "quote|@bw perhaps > > broken @bw perhaps",
                "@bw fail 7 lost|@bw perhaps > > FAILED 7 lost + said: @bw perhaps",
            })
    void table(String lines, String end, String expected) {
        assertThat(told(Ending.of(seen(lines, end)))).satisfies(told -> {
            String[] parts = expected.split(" \\+ ");
            if (parts[0].startsWith("broken")) {
                assertThat(told).startsWith("broken").contains(parts[0].substring("broken ".length()));
            } else {
                assertThat(told.split(" \\+ ", 2)[0]).isEqualTo(parts[0]);
                assertThat(told.contains(" + ")).isEqualTo(parts.length > 1);
                assertThat(told).contains(parts[parts.length - 1]);
            }
        });
    }

    private static Ending.Seen seen(String lines, String end) {
        BatchWords words = new BatchWords(10, false);
        List<Ending.Reported> reports = new ArrayList<>();
        long order = 0;
        for (String line : lines == null ? new String[0] : lines.split("\\|")) {
            order++;
            if (line.startsWith("@bw ")) {
                words.take(AgentLine.parse(line).orElseThrow(), line, order, order);
            } else {
                reports.add(new Ending.Reported(report(line), true, order, words.passed()));
            }
        }
        boolean hangs = end != null && end.startsWith("hang");
        return new Ending.Seen(
                10, Set.of(), false, Ending.Spoken.of(words), reports, hangs ? null : end, hangs ? end : null, false);
    }

    private static KernelReport report(String line) {
        return new KernelReport(
                line,
                Outcome.PANICKED,
                line,
                line,
                0,
                9,
                line,
                "",
                !line.equals("oops"),
                !line.equals("quote"),
                List.of(),
                List.of());
    }

    private static String told(Ending ending) {
        if (ending instanceof Ending.Broken broken) {
            return "broken " + broken.why();
        }
        Ending.Ended ended = (Ending.Ended) ending;
        return (ended.outcome() + " " + ended.iterations() + " " + ended.reason()).strip()
                + (ended.note().isEmpty() ? "" : " + " + ended.note());
    }
}
