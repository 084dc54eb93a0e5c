package io.bohrwerk.protocol.batch;

import static io.bohrwerk.protocol.InvalidInputException.present;

/**
 * A subtest that was expected to fail, and passed. No failure, but worth a look: the expectation may be out of date, or true only at some
 * speeds.
 *
 * @param subtest as the target's {@code expectedFailures} have it
 * @param iteration of the batch in which it did so first
 */
public record UnexpectedPass(String subtest, long iteration) {
    /** As many as a target may expect to fail: a longer list in a message is cut. */
    public static final int MOST = 256;

    public UnexpectedPass {
        present(subtest, "subtest");
    }
}
