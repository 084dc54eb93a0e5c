package io.bohrwerk.mergedlog;

import static io.bohrwerk.mergedlog.LogParser.ascii;

/**
 * The guest protocol's words on iterations, as bytes: {@code @bw pass N}, {@code @bw fail N reason}, {@code @bw done N}. Read again and
 * again without making anything.
 */
final class AgentWord {
    private static final byte[] PASS = ascii("@bw pass ");
    private static final byte[] FAIL = ascii("@bw fail ");
    private static final byte[] DONE = ascii("@bw done ");
    /** As many digits as always fit into a long. */
    private static final int MOST_DIGITS = 18;

    private boolean fail;
    private boolean pass;

    /** The iteration that a line of the guest's reports; -1 when it reports none. */
    long read(byte[] line, int length) {
        pass = LogParser.startsWith(line, 0, length, PASS);
        fail = LogParser.startsWith(line, 0, length, FAIL);
        if (!pass && !fail && !LogParser.startsWith(line, 0, length, DONE)) {
            return -1;
        }
        int end = Openers.digits(line, PASS.length, length);
        boolean ended = end == length || line[end] == '\n' || line[end] == '\r' || fail && line[end] == ' ';
        if (end == PASS.length || end - PASS.length > MOST_DIGITS || !ended) {
            return -1;
        }
        long number = 0;
        for (int i = PASS.length; i < end; i++) {
            number = 10 * number + line[i] - '0';
        }
        return number;
    }

    boolean fail() {
        return fail;
    }

    /** Whether another iteration begins behind it. */
    boolean pass() {
        return pass;
    }
}
