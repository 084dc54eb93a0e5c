package io.bohrwerk.protocol.target;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bohrwerk.protocol.VirtualTime;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a target tests, and how its result is read.
 *
 * @param iterationTimeout virtual time that one iteration may take
 * @param expectedFailures subtests that are known to fail: exact descriptions, or a prefix and {@code *}
 * @param givenReportEvery the agent reports after this many iterations, 1 to 1,000,000. Null: jobs determine it
 * @param givenIterationsPerBatch how many iterations make a batch of seconds, 1 to 10,000,000. Null: jobs determine it
 * @param panicPatterns console lines that report kernel trouble, besides the known ones and checked before them; up to 100
 * @param script on the serial console, of the driver {@code console}; see {@link ConsoleScript}
 * @param extraInterrupt whether the agent can raise an interrupt at a chosen instruction: a job's setting may then ask for it
 */
public record TargetTest(
        Driver driver,
        VirtualTime iterationTimeout,
        Format format,
        List<String> expectedFailures,

        @JsonProperty("reportEvery") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
        Integer givenReportEvery,

        @JsonProperty("iterationsPerBatch") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
        Integer givenIterationsPerBatch,

        List<PanicPattern> panicPatterns,
        List<ScriptStep> script,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean extraInterrupt) {
    private static final VirtualTime DEFAULT_TIMEOUT = VirtualTime.parse("60s");
    private static final int DEFAULT_ITERATIONS_PER_BATCH = 100;
    private static final Pattern SUBTEST = Pattern.compile("[ -~]{1,200}");
    /** As many as the agent keeps (judge.h). */
    private static final int MOST_EXPECTED_FAILURES = 256;

    private static final int MOST_PANIC_PATTERNS = 100;

    public TargetTest {
        int reportEvery = orOne(givenReportEvery);
        int iterationsPerBatch = orHundred(givenIterationsPerBatch);
        require(
                expectedFailures.size() <= MOST_EXPECTED_FAILURES,
                "expectedFailures",
                expectedFailures.size(),
                "must be at most " + MOST_EXPECTED_FAILURES);
        for (String subtest : expectedFailures) {
            require(
                    SUBTEST.matcher(present(subtest, "expectedFailures")).matches(),
                    "expectedFailures",
                    subtest,
                    "must be one line of printable ASCII, up to 200");
        }
        expectedFailures = List.copyOf(expectedFailures);
        require(
                reportEvery >= 1 && reportEvery <= 1_000_000,
                "reportEvery",
                reportEvery,
                "must be between 1 and 1000000");
        require(
                iterationsPerBatch >= 1 && iterationsPerBatch <= 10_000_000,
                "iterationsPerBatch",
                iterationsPerBatch,
                "must be between 1 and 10000000");
        require(
                panicPatterns.size() <= MOST_PANIC_PATTERNS,
                "panicPatterns",
                panicPatterns.size(),
                "must be at most " + MOST_PANIC_PATTERNS);
        panicPatterns.forEach(pattern -> present(pattern, "panicPatterns"));
        panicPatterns = List.copyOf(panicPatterns);
        if (driver == Driver.CONSOLE) {
            ConsoleScript.of(script);
            require(
                    format == Format.EXIT,
                    "format",
                    format.word(),
                    "must be exit for the driver console: there is no agent to read it; use the loop's patterns");
            require(
                    expectedFailures.isEmpty(),
                    "expectedFailures",
                    expectedFailures,
                    "must be empty for the driver console: there is no agent that knows subtests");
            require(
                    iterationsPerBatch <= ConsoleScript.MOST_ITERATIONS,
                    "iterationsPerBatch",
                    iterationsPerBatch,
                    "must be at most " + ConsoleScript.MOST_ITERATIONS + " for the driver console");
            require(
                    !extraInterrupt,
                    "extraInterrupt",
                    true,
                    "must be false for the driver console: there is no agent to raise it");
        } else {
            require(script.isEmpty(), "script", script.size() + " steps", "belongs to the driver console");
        }
        script = List.copyOf(script);
    }

    private static int orOne(@Nullable Integer given) {
        return given == null ? 1 : given;
    }

    private static int orHundred(@Nullable Integer given) {
        return given == null ? DEFAULT_ITERATIONS_PER_BATCH : given;
    }

    /** Iterations from one report to the next, unless something better is known. */
    public int reportEvery() {
        return orOne(givenReportEvery);
    }

    /** Iterations of a batch, unless something better is known. */
    public int iterationsPerBatch() {
        return orHundred(givenIterationsPerBatch);
    }

    /** How the guest is driven; empty when an agent in it does so. */
    public Optional<ConsoleScript> console() {
        return driver == Driver.CONSOLE ? Optional.of(ConsoleScript.of(script)) : Optional.empty();
    }

    @JsonCreator
    static TargetTest of(
            @Nullable Driver driver,
            @Nullable VirtualTime iterationTimeout,
            @Nullable Format format,
            @Nullable List<String> expectedFailures,
            @Nullable Integer reportEvery,
            @Nullable Integer iterationsPerBatch,
            @Nullable List<PanicPattern> panicPatterns,
            @Nullable List<ScriptStep> script,
            @Nullable Boolean extraInterrupt) {
        return new TargetTest(
                driver == null ? Driver.AGENT : driver,
                iterationTimeout == null ? DEFAULT_TIMEOUT : iterationTimeout,
                format == null ? Format.EXIT : format,
                expectedFailures == null ? List.of() : expectedFailures,
                reportEvery,
                iterationsPerBatch,
                panicPatterns == null ? List.of() : panicPatterns,
                script == null ? List.of() : script,
                extraInterrupt != null && extraInterrupt);
    }

    /** Who drives the test. */
    public enum Driver {
        /** An agent inside the guest that speaks the guest protocol. */
        @JsonProperty("agent")
        AGENT,
        /** A shell inside the guest, typed at over its serial console. */
        @JsonProperty("console")
        CONSOLE
    }

    /** How the agent tells a pass from a failure. */
    public enum Format {
        /** By the exit status alone. */
        @JsonProperty("exit")
        EXIT("exit"),
        /** By the Test Anything Protocol. */
        @JsonProperty("tap")
        TAP("tap"),
        /** By the kernel selftests' dialect of it. */
        @JsonProperty("kselftest")
        KSELFTEST("kselftest"),
        /** By the results of NetBSD's test cases, as a test program, atf-run or atf-report prints them. */
        @JsonProperty("atf")
        ATF("atf"),
        /** By the results that kyua prints. */
        @JsonProperty("kyua")
        KYUA("kyua");

        private final String word;

        Format(String word) {
            this.word = word;
        }

        /** The word in the guest protocol. */
        public String word() {
            return word;
        }
    }
}
