package io.bohrwerk.worker.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Report;
import io.bohrwerk.protocol.batch.TraceReport;
import io.bohrwerk.protocol.batch.TraceRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RunnersTest {
    private static final TraceRequest TRACE =
            new TraceRequest(Wire.VERSION, UUID.randomUUID(), UUID.randomUUID(), 3, Digest.of(new byte[0]), 4);

    private boolean stopped;

    /** Throws what it is given. */
    private record Throwing(Exception trouble) implements Runner<TraceRequest> {
        @Override
        public Report run(TraceRequest work, Instant started, Progress progress)
                throws InfrastructureException, IOException {
            if (trouble instanceof InfrastructureException known) {
                throw known;
            }
            if (trouble instanceof IOException known) {
                throw known;
            }
            throw (RuntimeException) trouble;
        }

        @Override
        public Report troubled(TraceRequest work, Instant started, InfrastructureTrouble kind, String message) {
            return new TraceReport(
                    Wire.VERSION,
                    work.traceId(),
                    work.jobId(),
                    work.attempt(),
                    "w",
                    started,
                    Instant.now(),
                    new TraceReport.Troubled(kind, message));
        }
    }

    private Runners throwing(Exception trouble) {
        return new Runners(() -> stopped).with(TraceRequest.KIND, TraceRequest.class, new Throwing(trouble));
    }

    @Test
    void readsMessagesOfItsKindsOnly() {
        Runners runners = throwing(new IOException());
        assertThat(runners.read(Wire.write(TRACE))).isEqualTo(TRACE);
        assertThatThrownBy(() -> runners.read("{\"version\": 1, \"type\": \"later\"}".getBytes(StandardCharsets.UTF_8)))
                .as("a newer worker may know it")
                .isInstanceOf(Runners.UnknownKindException.class)
                .hasMessageContaining("later");
        assertThatThrownBy(() -> runners.read("{\"version\": 1, \"type\": \"trace\"}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> runners.read(new byte[0])).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void anExceptionBecomesAReportOfTrouble() {
        assertThat(trouble(new InfrastructureException(InfrastructureTrouble.NEVER_READY, "no word")))
                .isEqualTo(new TraceReport.Troubled(InfrastructureTrouble.NEVER_READY, "no word"));
        assertThat(trouble(new IOException("No space left on device")).kind())
                .isEqualTo(InfrastructureTrouble.DISK_FULL);
        assertThat(trouble(new IllegalStateException("oh"))).satisfies(trouble -> {
            assertThat(trouble.kind()).isEqualTo(InfrastructureTrouble.INTERNAL);
            assertThat(trouble.message()).contains("IllegalStateException", "oh");
        });
    }

    private Report.Trouble trouble(Exception e) {
        Report report = throwing(e).run(TRACE, passed -> {}).orElseThrow();
        assertThat(report.workId()).isEqualTo(TRACE.id());
        assertThat(report.attempt()).isEqualTo(3);
        return Objects.requireNonNull(report.trouble());
    }

    @Test
    void aStopIsNoTrouble() {
        InfrastructureException stop = new InfrastructureException(InfrastructureTrouble.WORKER_STOPPED, "stopping");
        assertThat(throwing(stop).run(TRACE, passed -> {})).isEmpty();
        stopped = true;
        assertThat(throwing(new IOException("closed")).run(TRACE, passed -> {})).isEmpty();
    }
}
