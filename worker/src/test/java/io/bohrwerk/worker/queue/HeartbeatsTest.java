package io.bohrwerk.worker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HeartbeatsTest {
    /** Whoever probes a worker's health looks at the file: it must not depend on the broker, nor outlive the worker. */
    @Test
    void theSignIsGivenWhileNoHeartbeatGetsThroughAndTakenAwayAtTheEnd(@TempDir Path directory) throws Exception {
        Path sign = directory.resolve("alive-w");
        // It never completes what is sent.
        MockProducer<String, byte[]> away =
                new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
        Heartbeats heartbeats = new Heartbeats(
                away,
                () -> new WorkerHeartbeat(Wire.VERSION, "w", "host", 1, "qemu", Instant.now(), List.of(), null),
                sign);
        try (heartbeats) {
            heartbeats.start(Duration.ofMillis(10));
            while (away.history().isEmpty()) {
                Thread.sleep(10);
            }
            assertThat(Files.readString(sign))
                    .isEqualTo(Long.toString(ProcessHandle.current().pid()));
        }
        assertThat(sign).doesNotExist();
    }
}
