package io.bohrwerk.api.strategy;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.bohrwerk.protocol.conformance.GuestKey;
import java.util.EnumSet;
import java.util.Set;

/**
 * A part of a strategy's schedules whose failures are counted by themselves.
 *
 * @param from first delay in instructions
 * @param length how many delays there are from there on
 */
public record Arm(Kind kind, int shift, long from, long length) {
    /** The keys of the guest protocol that its schedules use. */
    public Set<GuestKey> needs() {
        Set<GuestKey> needs = EnumSet.noneOf(GuestKey.class);
        if (from > 0) {
            needs.add(GuestKey.DELAY);
        }
        switch (kind) {
            case FIXED -> {}
            case RANDOM -> needs.addAll(Set.of(GuestKey.WINDOW, GuestKey.SEED));
            case ALIGNED -> needs.addAll(Set.of(GuestKey.WINDOW, GuestKey.SEED, GuestKey.ALIGN));
            case STEPPED -> needs.addAll(Set.of(GuestKey.DELAY, GuestKey.STRIDE, GuestKey.WINDOW, GuestKey.ALIGN));
            case TRACED -> needs.addAll(Set.of(GuestKey.DELAYS, GuestKey.ALIGN));
        }
        return needs;
    }

    /** Whether a guest that takes another number of instructions than it was told makes its promise void. */
    public boolean needsExactDelays() {
        return kind.sampling() == Sampling.PLACES;
    }

    /** Whether its delays are made of the timer's period. */
    public boolean needsTimerPeriod() {
        return kind != Kind.FIXED;
    }

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
