package io.bohrwerk.api.job;

import io.bohrwerk.api.statistics.RateBelow;
import io.bohrwerk.api.strategy.Strategy;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.schedule.Setting;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a job is to do, with nothing left open.
 *
 * @param iterations most to run
 * @param wallTime null for no limit
 * @param stopAfterFailures 0 for never
 * @param stopWhenRateBelow null for never
 * @param batchSize of the first batches
 * @param keepCheckpoints whether the snapshots of failures are stored
 * @param priority its share of the machines
 * @param setting of the machines; null for nothing other than usual
 * @param question the job answers "is it fixed?"; null for others
 * @param comparison of which it is one side; null for others
 */
public record Terms(
        String name,
        Strategy strategy,
        long iterations,
        @Nullable VirtualTime wallTime,
        long stopAfterFailures,
        @Nullable RateBelow stopWhenRateBelow,
        BatchSize batchSize,
        boolean keepCheckpoints,
        Priority priority,
        @Nullable Setting setting,
        @Nullable FixQuestion question,
        @Nullable UUID comparison) {}
