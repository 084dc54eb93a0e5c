package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.emulator.console.AgentLine;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchWordsTest {
    private static BatchWords said(boolean goOn, String... lines) {
        BatchWords words = new BatchWords(10, goOn);
        long order = 0;
        for (String line : lines) {
            words.take(AgentLine.parse(line).orElseThrow(), line, ++order, 100 * order);
        }
        return words;
    }

    /** Words are parted by bars. */
    @ParameterizedTest
    @CsvSource({
        "@bw pass 11, iterations 1 to 10",
        "@bw pass 0, iterations 1 to 10",
        "@bw pass 999999999999999999, iterations 1 to 10",
        "@bw pass 9999999999999999999, not in the guest protocol",
        "@bw pass -1, not in the guest protocol",
        "@bw pass 3|@bw pass 3, iteration 3 passed",
        "@bw pass 3|@bw pass 2, iteration 3 passed",
        "@bw pass 3|@bw fail 3 late, iteration 3 passed",
        "@bw fail 0, iterations 1 to 10",
        "@bw fail 11, iterations 1 to 10",
        "@bw done 9, has 10 iterations",
        "@bw done 11, has 10 iterations",
        "@bw done 10|@bw done 10, was done",
        "@bw done 10|@bw fail 10, was done",
        "@bw ready, in the middle of a batch",
        "@bw error no such delay, no such delay",
        "@bw subtests 11 passed=1 failed=0 expected=0 skipped=0, iterations 1 to 10",
        "@bw unexpected 11 icebp, iterations 1 to 10",
        "@bw pass 3|@bw perhaps, not in the guest protocol",
    })
    void cannotBe(String said, String why) {
        String[] lines = said.split("\\|");
        assertThat(said(false, lines).broken())
                .contains(lines[lines.length - 1])
                .contains(why);
    }

    @ParameterizedTest
    @CsvSource({
        "@bw pass 1|@bw pass 7|@bw pass 10|@bw done 10",
        "@bw done 10",
        "@bw serves extra hz|@bw pass 5|@bw subtests 6 passed=1 failed=0 expected=0 skipped=0|@bw pass 10|@bw done 10",
        "@bw pass 6|@bw fail 7 lost",
        "@bw fail 1",
    })
    void canBe(String said) {
        assertThat(said(false, said.split("\\|")).broken()).isNull();
    }

    @Test
    void aFailureIsNeverTakenBack() {
        BatchWords words = said(
                false,
                "@bw pass 6",
                "@bw fail 7 lost",
                "@bw pass 9",
                "@bw fail 8",
                "@bw done 99",
                "@bw ready",
                "@bw what?");
        BatchWords.Failed failed = Objects.requireNonNull(words.failed());
        assertThat(failed.iteration()).isEqualTo(7);
        assertThat(failed.reason()).isEqualTo("lost");
        assertThat(failed.start()).isEqualTo(200);
        assertThat(words.broken()).isNull();
        assertThat(words.done()).isFalse();
        assertThat(words.passed()).isEqualTo(6);
        assertThat(words.later()).containsExactly("@bw pass 9", "@bw fail 8", "@bw done 99", "2 more");
        assertThat(words.firstLater()).isEqualTo(3);
    }

    @Test
    void aBatchThatGoesOn() {
        BatchWords words =
                said(true, "@bw fail 3", "@bw pass 4", "@bw fail 5", "@bw fail 6", "@bw pass 10", "@bw done 10");
        assertThat(words.broken()).isNull();
        assertThat(words.failing()).isEqualTo(List.of(3L, 5L, 6L));
        assertThat(words.failed()).isNull();
        assertThat(words.done()).isTrue();
    }

    /** What is shown of a word fits a message. */
    @Test
    void aLongWordWithControlCharacters() {
        String line = "@bw \0\r\u001b" + "x".repeat(10_000_000);
        BatchWords words = new BatchWords(10, false);
        words.take(AgentLine.parse(line).orElseThrow(), line, 1, 0);
        assertThat(Objects.requireNonNull(words.broken()))
                .contains("@bw ???xxx")
                .hasSizeLessThan(600);
    }
}
