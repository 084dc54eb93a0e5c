package io.bohrwerk.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
    @TempDir
    private Path directory;

    private StateDirectory state;

    @BeforeEach
    void open() {
        state = StateDirectory.at(directory.resolve("state"));
    }

    @Test
    void tellsWhatRuns() throws IOException {
        assertThat(state.running()).isEmpty();
        try (StateDirectory.Lock lock = state.tryLock()) {
            assertThat(lock).isNotNull();
            state.publish(StateDirectory.Running.here("http://localhost:1"));
        }
        assertThat(state.running()).map(StateDirectory.Running::url).contains("http://localhost:1");
        state.withdraw();
        assertThat(state.running()).isEmpty();
    }

    @Test
    void ignoresAProcessThatIsAnother() throws IOException {
        try (StateDirectory.Lock lock = state.tryLock()) {
            assertThat(lock).isNotNull();
            // This process's number, but of one that began at another time.
            state.publish(new StateDirectory.Running(
                    "http://localhost:1", ProcessHandle.current().pid(), Instant.parse("2020-01-01T00:00:00Z")));
        }
        assertThat(state.running()).isEmpty();
    }

    @Test
    void keepsItsPorts() throws IOException {
        Files.createDirectories(state.path());
        StateDirectory.Ports ports = state.ports();
        assertThat(state.ports()).isEqualTo(ports);
        try (ServerSocket taken = new ServerSocket(ports.kafka(), 1, InetAddress.getLoopbackAddress())) {
            assertThat(taken.isBound()).isTrue();
            StateDirectory.Ports others = state.ports();
            assertThat(others.kafka()).isNotEqualTo(ports.kafka());
        }
    }

    @Test
    void saysWhatIsDamaged() throws IOException {
        Files.createDirectories(state.path());
        Files.writeString(state.path().resolve("ports.json"), "{\"postgres\": \"x");
        assertThatThrownBy(() -> state.ports())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ports.json is damaged")
                .hasMessageContaining("delete it");
    }

    @Test
    void refusesAPortInUse() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> AllInOne.start(state, taken.getLocalPort(), line -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            "port " + taken.getLocalPort() + " is in use by another program; choose one with --port");
        }
    }
}
