package io.bohrwerk.emulator.console;

import io.bohrwerk.protocol.batch.SubtestCounts;
import io.bohrwerk.protocol.batch.UnexpectedPass;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A line of the guest protocol, as the agent says it. */
public sealed interface AgentLine {
    /** Lines that start so are protocol, all others are console text. */
    String PREFIX = "@bw ";

    /** So many CPUs run; said before {@link Ready}, by guests of a machine with several. */
    record Cpus(int count) implements AgentLine {}

    /** The guest waits for a batch. */
    record Ready() implements AgentLine {}

    /** Every iteration up to this one has passed. */
    record Pass(long iteration) implements AgentLine {}

    /** This iteration failed. */
    record Fail(long iteration, String reason) implements AgentLine {}

    /** The batch is through. */
    record Done(long iteration) implements AgentLine {}

    /** How the subtests of this iteration ended; said when it is not as it was last said. */
    record Subtests(long iteration, SubtestCounts counts) implements AgentLine {}

    /** In this iteration a subtest passed that is expected to fail; said once in a batch. */
    record Unexpected(UnexpectedPass pass) implements AgentLine {}

    /** What the batch asks for besides iterations and delays, and the agent does: {@code extra}, {@code hz}. */
    record Serves(Set<String> wishes) implements AgentLine {}

    /** The agent cannot serve the batch, or said what nobody understands. */
    record Refusal(String why) implements AgentLine {}

    /** @return empty when the line is console text */
    static Optional<AgentLine> parse(String line) {
        if (!line.startsWith(PREFIX)) {
            return Optional.empty();
        }
        Matcher words = Words.SHAPE.matcher(line.substring(PREFIX.length()));
        if (!words.matches()) {
            return Optional.of(new Refusal("not in the guest protocol: " + line));
        }
        if (words.group("ready") != null) {
            return Optional.of(new Ready());
        }
        if (words.group("cpus") != null) {
            return Optional.of(new Cpus(Integer.parseInt(words.group("count"))));
        }
        if (words.group("error") != null) {
            return Optional.of(new Refusal(words.group("why") == null ? "no reason given" : words.group("why")));
        }
        if (words.group("serves") != null) {
            return Optional.of(new Serves(Set.of(words.group("wishes").split(" "))));
        }
        if (words.group("subtests") != null) {
            return Optional.of(new Subtests(
                    Long.parseLong(words.group("at")),
                    new SubtestCounts(
                            Long.parseLong(words.group("passed")),
                            Long.parseLong(words.group("failed")),
                            Long.parseLong(words.group("expected")),
                            Long.parseLong(words.group("skipped")))));
        }
        long iteration = Long.parseLong(words.group("number"));
        return Optional.of(
                switch (words.group("verb")) {
                    case "pass" -> new Pass(iteration);
                    case "done" -> new Done(iteration);
                    case "unexpected" ->
                        new Unexpected(new UnexpectedPass(
                                words.group("reason") == null ? "" : words.group("reason"), iteration));
                    default -> new Fail(iteration, words.group("reason") == null ? "" : words.group("reason"));
                });
    }

    /** The grammar of the protocol's lines behind the prefix. */
    final class Words {
        private static final Pattern SHAPE = Pattern.compile(
                "(?<ready>ready)|(?<cpus>cpus) (?<count>[0-9]{1,4})|(?<error>error)(?: (?<why>.*))?|(?<verb>pass|done|fail|unexpected) (?<number>[0-9]{1,18})(?: (?<reason>.*))?"
                        + "|(?<serves>serves) (?<wishes>extra|hz|extra hz)"
                        + "|(?<subtests>subtests) (?<at>[0-9]{1,18}) passed=(?<passed>[0-9]{1,18}) failed=(?<failed>[0-9]{1,18})"
                        + " expected=(?<expected>[0-9]{1,18}) skipped=(?<skipped>[0-9]{1,18})");

        private Words() {}
    }
}
