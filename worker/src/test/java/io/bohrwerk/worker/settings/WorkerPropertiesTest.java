package io.bohrwerk.worker.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.emulator.qemu.Installation;
import io.bohrwerk.protocol.ByteSize;
import io.bohrwerk.worker.WorkerApplication;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

/** Defaults, and what is refused. */
class WorkerPropertiesTest {
    private static WorkerProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("bohrwerk.worker", WorkerProperties.class);
    }

    @Test
    void defaults() {
        WorkerProperties properties = bind(Map.of());
        assertThat(properties.id()).matches(".+-[0-9a-f]{8}").startsWith(WorkerProperties.host());
        assertThat(properties.slots()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(properties.home()).isEqualTo(Path.of(System.getProperty("user.home"), ".cache/bohrwerk/worker"));
        assertThat(properties.leastFree()).isEqualTo(DataSize.ofMegabytes(1500));
        assertThat(properties.cacheLimit()).isEqualTo(DataSize.ofGigabytes(10));
        assertThat(properties.heartbeatInterval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(properties.stopLimit()).isEqualTo(Duration.ofSeconds(9));
        assertThat(properties.queue().bootstrapServers()).isEqualTo("localhost:9092");
        assertThat(properties.queue().lock()).isEqualTo(Duration.ofSeconds(30));
        assertThat(properties.queue().renewInterval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(properties.queue().partitions()).isEqualTo(4);
        assertThat(properties.queue().replicationFactor()).isEqualTo((short) 1);
        assertThat(properties.queue().client()).isEmpty();
        assertThat(properties.telemetry().endpoint()).isNull();
        assertThat(properties.blobs().directory()).isNull();
        assertThat(properties.blobs().s3()).isNull();
        assertThat(properties.blobs().leastFree()).isEqualTo(DataSize.ofGigabytes(1));
        assertThat(properties.emulatorSettings().readyLimit()).isEqualTo(Duration.ofMinutes(3));
        assertThat(properties.emulatorSettings().batchLimit()).isEqualTo(Duration.ofMinutes(10));
        assertThat(properties.emulatorSettings().replayLimit()).isEqualTo(Duration.ofMinutes(20));
        assertThat(properties.emulatorSettings().consoleLimit()).isEqualTo(ByteSize.ofMebibytes(16));
        assertThat(properties.emulatorSettings().mergedLogLimit()).isEqualTo(ByteSize.ofMebibytes(4096));
    }

    @Test
    void aSlotServesGuestsOfItsShareOfTheMemoryUnlessToldOtherwise() {
        long share = bind(Map.of("bohrwerk.worker.slots", "2")).largestGuestBytes();
        assertThat(bind(Map.of("bohrwerk.worker.slots", "4")).largestGuestBytes())
                .isBetween(share / 2 - 1, share / 2 + 1);
        assertThat(bind(Map.of("bohrwerk.worker.largest-guest", "256MB")).largestGuestBytes())
                .isEqualTo(256 << 20);
        assertThatThrownBy(() -> bind(Map.of("bohrwerk.worker.largest-guest", "0MB")))
                .hasStackTraceContaining("bohrwerk.worker.largest-guest");
    }

    @Test
    void itOffersTheSystemsEmulatorUnlessToldOtherwise() {
        assertThat(bind(Map.of()).installations()).containsExactly(Installation.SYSTEM);
        assertThat(bind(Map.of("bohrwerk.worker.emulators", "system,/usr/bin")).installations())
                .containsExactly(Installation.SYSTEM, new Installation(Path.of("/usr/bin")));
        assertThatThrownBy(() -> bind(Map.of("bohrwerk.worker.emulators", "system,qemu-10"))
                        .installations())
                .hasMessageStartingWith("bohrwerk.worker.emulators[1]");
    }

    @Test
    void twoProcessesOnAHostHaveTwoNames() {
        assertThat(bind(Map.of()).id()).isNotEqualTo(bind(Map.of()).id());
    }

    @Test
    void kafkaSettingsAreHandedOnByTheirOwnNames() {
        assertThat(bind(Map.of("bohrwerk.worker.queue.client[security.protocol]", "SSL"))
                        .queue()
                        .client())
                .containsEntry("security.protocol", "SSL");
    }

    @Test
    void secretsAreNotPrinted() {
        assertThat(bind(Map.of(
                                "bohrwerk.worker.blobs.s3.bucket", "b",
                                "bohrwerk.worker.blobs.s3.secret-key", "hush"))
                        .toString())
                .contains("bucket=b")
                .doesNotContain("hush");
    }

    @Test
    void nonsenseIsRefused() {
        refuse("slots", "-1");
        refuse("id", "a b");
        refuse("queue.renew-interval", "30s");
        refuse("heartbeat-interval", "0s");
    }

    private static void refuse(String key, String value) {
        assertThatThrownBy(() -> bind(Map.of("bohrwerk.worker." + key, value)))
                .rootCause()
                .hasMessageStartingWith("bohrwerk.worker." + key + ": ");
    }

    @Test
    void anUnknownKeyKeepsItFromStarting() {
        assertThatThrownBy(() -> WorkerApplication.start(Map.of("bohrwerk.worker.slotz", "1")))
                .hasStackTraceContaining("bohrwerk.worker.slotz");
    }

    /** On this class path stands an application.properties that no worker could start with. */
    @Test
    void otherApplicationsSettingsAreNotReadAndABlobStoreMustBeNamed() {
        assertThatThrownBy(() -> WorkerApplication.application().run())
                .rootCause()
                .hasMessageStartingWith("bohrwerk.worker.blobs: ");
    }
}
