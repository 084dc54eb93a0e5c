package io.bohrwerk.api.job;

import io.bohrwerk.api.statistics.RateBelow;
import io.bohrwerk.protocol.VirtualTime;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.Mutability;
import org.hibernate.type.SqlTypes;
import org.hibernate.type.descriptor.java.Immutability;
import org.jspecify.annotations.Nullable;

/**
 * When a job is complete, other than by having no schedule left.
 *
 * @param iterations most to run
 * @param wallTimeNanos real time from its start; null for no limit
 * @param failures as many as it is to find; 0 for any number
 * @param rateBelow null for never
 */
@Embeddable
public record StopRules(
        @Column(name = "iteration_budget") long iterations,
        @Nullable Long wallTimeNanos,
        @Column(name = "stop_after_failures") long failures,

        @Column(name = "stop_rate_below") @JdbcTypeCode(SqlTypes.JSON) @Mutability(Immutability.class) @Nullable
        RateBelow rateBelow) {
    /** Null for no limit. */
    @Nullable
    public VirtualTime wallTime() {
        return wallTimeNanos == null ? null : new VirtualTime(wallTimeNanos);
    }

    static StopRules of(Terms terms) {
        VirtualTime wall = terms.wallTime();
        return new StopRules(
                terms.iterations(),
                wall == null ? null : wall.nanos(),
                terms.stopAfterFailures(),
                terms.stopWhenRateBelow());
    }

    /** By what was counted. */
    Optional<StopReason> byCount(Totals totals) {
        if (failures > 0 && totals.failures() >= failures) {
            return Optional.of(StopReason.FAILURES);
        }
        if (rateBelow != null && rateBelow.met(totals.failures(), totals.iterations(), failures)) {
            return Optional.of(StopReason.RATE_BELOW);
        }
        return totals.iterations() >= iterations ? Optional.of(StopReason.ITERATIONS) : Optional.empty();
    }

    /** @param started null for a job that has not */
    Optional<StopReason> byTime(@Nullable Instant started, Instant now) {
        return started != null
                        && wallTimeNanos != null
                        && Duration.between(started, now).compareTo(Duration.ofNanos(wallTimeNanos)) >= 0
                ? Optional.of(StopReason.WALL_TIME)
                : Optional.empty();
    }
}
