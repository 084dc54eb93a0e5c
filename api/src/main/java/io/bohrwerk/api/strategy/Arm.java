package io.bohrwerk.api.strategy;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A part of a strategy's schedules whose failures are counted by themselves.
 *
 * @param from first delay in instructions
 * @param length how many delays there are from there on
 */
public record Arm(Kind kind, int shift, long from, long length) {
    /** How an arm's delays are chosen. */
    public enum Kind {
        /** Always the same. */
        @JsonProperty("fixed")
        FIXED(Sampling.ONE_RUN),
        /** Drawn from the whole timer period, without waiting for a tick. */
        @JsonProperty("random")
        RANDOM(Sampling.RANDOM_PHASES),
        /** Drawn, after a tick. */
        @JsonProperty("aligned")
        ALIGNED(Sampling.RANDOM_OFFSETS),
        /** One after the other, after a tick. */
        @JsonProperty("stepped")
        STEPPED(Sampling.PLACES),
        /** One for each place that a trace found, after a tick. */
        @JsonProperty("traced")
        TRACED(Sampling.PLACES);

        private final Sampling sampling;

        Kind(Sampling sampling) {
            this.sampling = sampling;
        }

        public Sampling sampling() {
            return sampling;
        }
    }
}
