package io.bohrwerk.mergedlog;

import io.bohrwerk.protocol.InvalidInputException;

/**
 * Which iterations a log is of, as far as is known before it is read.
 *
 * @param first the first iteration that may be in it
 * @param last the last one
 * @param reportEvery the guest says after so many iterations that they have passed: where it dies without a word, the iteration is one of so
 *     many
 */
public record LogSpan(long first, long last, long reportEvery) {
    public LogSpan {
        InvalidInputException.require(first >= 1, "first", first, "must be at least 1");
        InvalidInputException.require(last >= first, "last", last, "must not be below first");
        InvalidInputException.require(reportEvery >= 1, "reportEvery", reportEvery, "must be at least 1");
    }
}
