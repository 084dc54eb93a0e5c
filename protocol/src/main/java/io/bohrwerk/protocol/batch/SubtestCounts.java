package io.bohrwerk.protocol.batch;

import static io.bohrwerk.protocol.InvalidInputException.require;

/**
 * How many subtests of one iteration ended how, where the test has any.
 *
 * @param failed not as expected: with one, the iteration failed
 * @param expected failed, as the target or the test itself expects
 */
public record SubtestCounts(long passed, long failed, long expected, long skipped) {
    public SubtestCounts {
        require(passed >= 0, "passed", passed, "must not be negative");
        require(failed >= 0, "failed", failed, "must not be negative");
        require(expected >= 0, "expected", expected, "must not be negative");
        require(skipped >= 0, "skipped", skipped, "must not be negative");
    }
}
