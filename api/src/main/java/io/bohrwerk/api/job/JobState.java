package io.bohrwerk.api.job;

import io.bohrwerk.protocol.InvalidInputException;
import java.util.Arrays;
import java.util.List;

/** Where a job is. */
public enum JobState {
    /** No batch of it has been seen running. */
    QUEUED(false),
    RUNNING(false),
    /** A stop rule was met. */
    COMPLETED(true),
    CANCELLED(true),
    /** Infrastructure trouble ended it; the message names it. */
    ERROR(true);

    private final boolean terminal;

    JobState(boolean terminal) {
        this.terminal = terminal;
    }

    /** @param words names of states in any case, separated by commas */
    public static List<JobState> parse(String words) {
        return Arrays.stream(words.split(",", -1))
                .map(word -> Arrays.stream(values())
                        .filter(state -> state.name().equalsIgnoreCase(word.strip()))
                        .findFirst()
                        .orElseThrow(() -> new InvalidInputException(
                                "state", word, "must be one or several of " + Arrays.toString(values()))))
                .toList();
    }

    /** Whether it stays so forever. */
    public boolean terminal() {
        return terminal;
    }
}
