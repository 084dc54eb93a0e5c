package io.bohrwerk.mergedlog;

import io.bohrwerk.protocol.InvalidInputException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What an entry of a merged log is, in the words of the API. */
public enum LogKind {
    /** A line that the guest wrote, to port 0xe9 or to its serial port. */
    GUEST("guest"),
    /** An interrupt or an exception. */
    INTERRUPT("interrupt"),
    /** A processor's reset, or the triple fault that leads to one. */
    RESET("reset"),
    /** Whatever else the emulator logs: executed and translated blocks, registers. */
    OTHER("other");

    private final String word;

    LogKind(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    /** @throws InvalidInputException when there is no such kind */
    public static LogKind of(String word) {
        return Arrays.stream(values())
                .filter(kind -> kind.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException(
                        "kind",
                        word,
                        "must be one of "
                                + Arrays.stream(values()).map(LogKind::word).collect(Collectors.joining(", "))));
    }
}
