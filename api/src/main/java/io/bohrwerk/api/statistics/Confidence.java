package io.bohrwerk.api.statistics;

import static io.bohrwerk.protocol.InvalidInputException.require;

/** The rules for what people ask for. */
final class Confidence {
    private Confidence() {}

    static void requireBelowOne(double confidence) {
        require(
                confidence > 0 && confidence < 1,
                "confidence",
                confidence,
                "must be above 0 and below 1, as 0.95: no number of iterations makes sure");
    }

    static void requireRate(double rate) {
        require(rate > 0 && rate < 1, "rate", rate, "must be above 0 and below 1, as 1e-5 for one in 100000");
    }
}
