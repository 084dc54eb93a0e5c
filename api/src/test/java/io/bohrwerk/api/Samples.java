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

    /** A kernel's own report with other titles that it could have had, and the top of its stack. */
    public static BatchReport panicked(
            UUID job, UUID batch, String title, List<String> alternatives, List<String> frames) {
        FailedIteration failure = new FailedIteration(
                1,
                Outcome.PANICKED,
                title,
                123_456_789,
                title + "\n",
                ReplayVerdict.VERIFIED,
                "",
                List.of(),
                List.of(),
                title,
                "",
                alternatives,
                frames,
                null);
        return report(job, batch, 1, new BatchReport.Finished(coordinates(), 1, 1_000, 42, failure));
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

    /** Puts a text into the blob store. */
    public interface Put {
        Digest put(String text) throws Exception;
    }

    /** A target and a failure's manifest, as a worker would leave them. */
    public record Bundled(Digest target, Digest manifest) {}

    public static Bundled bundled(Put store) throws Exception {
        Digest yaml = store.put("name: bundled\nmachine: {arch: i386, memory: 16MiB}\nboot: {kernel: kernel.elf}\n"
                + "test: {iterationTimeout: 10s}\n");
        Digest target = store.put(store.put("kernel") + "  kernel.elf\n" + yaml + "  target.yaml\n");
        Digest manifest = store.put("""
                {"instructions": {"first": 100, "before": 800, "last": 900}, "console": {"port0xe9": "00", "serial": "11"},
                 "byHand": {"files": {"batch.cfg": "run it   "}, "command": ["qemu-system-i386", "-append",
                   "it's a \\"$(test)\\"", "-monitor", "stdio", "-icount", "shift=4", "-loadvm", "before", "-S"]}}
                """);
        return new Bundled(target, manifest);
    }
}
