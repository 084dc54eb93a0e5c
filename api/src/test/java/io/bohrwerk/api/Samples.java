package io.bohrwerk.api;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.ArtifactReference;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.Coordinates;
import io.bohrwerk.protocol.batch.FailedIteration;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.batch.ReplayVerdict;
import io.bohrwerk.protocol.schedule.Schedule;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** What a worker would say. */
public final class Samples {
    private Samples() {}

    public static Http.Part[] target(String name) {
        return new Http.Part[] {
            Http.Part.file("target.yaml", """
                    name: %s
                    machine: {arch: i386, memory: 16MiB}
                    boot: {kernel: kernel.elf}
                    test: {iterationsPerBatch: 10}
                    """.formatted(name)), Http.Part.file("kernel.elf", "the kernel of " + name)
        };
    }

    public static BatchReport report(UUID job, UUID batch, int attempt, BatchReport.Result result) {
        Instant now = Instant.now();
        return new BatchReport(Wire.VERSION, batch, job, attempt, "worker-1", now.minusSeconds(1), now, result);
    }

    public static BatchReport passed(UUID job, UUID batch, int attempt, long iterations) {
        return report(job, batch, attempt, new BatchReport.Finished(coordinates(), iterations, 1_000, 42, null));
    }

    public static BatchReport failed(
            UUID job, UUID batch, int attempt, long iteration, String reason, List<ArtifactReference> artifacts) {
        FailedIteration failure = new FailedIteration(
                iteration,
                Outcome.FAILED,
                reason,
                123_456_789,
                "the end of\0the console",
                ReplayVerdict.VERIFIED,
                "",
                artifacts);
        return report(job, batch, attempt, new BatchReport.Finished(coordinates(), iteration, 1_000, 42, failure));
    }

    /** A kernel's own report, of an iteration that ended with it. */
    public static BatchReport panicked(UUID job, UUID batch, long iteration, String line, String title, String damage) {
        FailedIteration failure = new FailedIteration(
                iteration,
                Outcome.PANICKED,
                line,
                123_456_789,
                line + "\n",
                ReplayVerdict.VERIFIED,
                "",
                List.of(),
                title,
                damage);
        return report(job, batch, 1, new BatchReport.Finished(coordinates(), iteration, 1_000, 42, failure));
    }

    public static BatchReport troubled(UUID job, UUID batch, int attempt, InfrastructureTrouble kind) {
        return report(job, batch, attempt, new BatchReport.Troubled(kind, "it broke"));
    }

    static Coordinates coordinates() {
        Digest digest = Digest.of(new byte[] {1});
        return new Coordinates(digest, digest, "qemu 7.2", "-m 16M", Schedule.fixed(4, 0), 10, 1);
    }
}
