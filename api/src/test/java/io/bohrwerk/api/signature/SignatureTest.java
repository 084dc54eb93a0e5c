package io.bohrwerk.api.signature;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.protocol.batch.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class SignatureTest {
    /** Lines of {@code outcome | reason | title}; every misgrouping that is found adds one. */
    @TestFactory
    List<DynamicTest> goldens() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        try (InputStream in = SignatureTest.class.getResourceAsStream("signatures.golden")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    String[] parts = line.split(" \\| ", -1);
                    tests.add(DynamicTest.dynamicTest(line, () -> {
                        Signature signature = Signature.of(Outcome.valueOf(parts[0]), parts[1]);
                        assertThat(signature.title()).isEqualTo(parts[2]);
                    }));
                }
            }
        }
        assertThat(tests).hasSizeGreaterThan(10);
        return tests;
    }

    @Test
    void theOutcomeTellsCrashesApart() {
        assertThat(Signature.of(Outcome.FAILED, "same").key())
                .isNotEqualTo(Signature.of(Outcome.HUNG, "same").key());
    }

    @Test
    void whatDiffersFromRunToRunDoesNot() {
        assertThat(Signature.of(Outcome.PANICKED, "fault at 0xdeadbeef in task 17"))
                .isEqualTo(Signature.of(Outcome.PANICKED, "fault at 0xc0ffee00 in task 4"));
    }

    /** Its title was normalised where the kernel's words were known: what is left of numbers belongs to names. */
    @Test
    void aKernelsReportKeepsItsTitle() {
        assertThat(Signature.ofReport(Outcome.PANICKED, "KASAN: use-after-free in do_int80_syscall_32"))
                .isEqualTo(new Signature(
                        "PANICKED KASAN: use-after-free in do_int80_syscall_32",
                        "Panicked: KASAN: use-after-free in do_int80_syscall_32"));
    }

    @Test
    void anOutcomeIsNotSaidTwice() {
        assertThat(Signature.ofReport(Outcome.PANICKED, "panic: out of mbufs").title())
                .isEqualTo("Panic: out of mbufs");
        assertThat(Signature.of(Outcome.FAILED, "failed: DR6 is 17").title()).isEqualTo("Failed: DR6 is N");
    }

    @Test
    void aFloodIsCutAndStaysText() {
        String key = Signature.of(Outcome.FAILED, "x".repeat(199) + "\ud83d\ude00".repeat(5_000))
                .key();
        assertThat(key.length()).isLessThan(250);
        assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(key)).isTrue();
    }
}
