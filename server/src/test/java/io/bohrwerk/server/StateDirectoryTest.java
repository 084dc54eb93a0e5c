package io.bohrwerk.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
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
            state.publish(StateDirectory.Running.here("http://localhost:1", false));
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
                    "http://localhost:1", ProcessHandle.current().pid(), Instant.parse("2020-01-01T00:00:00Z"), false));
        }
        assertThat(state.running()).isEmpty();
    }

    @Test
    void isForItsOwnerAlone() throws IOException {
        Files.createDirectory(state.path());
        Files.setPosixFilePermissions(state.path(), PosixFilePermissions.fromString("rwxr-xr-x"));
        try (StateDirectory.Lock lock = state.tryLock()) {
            assertThat(lock).isNotNull();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.path())))
                    .isEqualTo("rwx------");
        }
        Files.setPosixFilePermissions(state.path(), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> state.tryLock()).hasMessageContaining("others can write to " + state.path());
    }

    @Test
    void aTokenThatOthersCanReadOrWriteIsRefused() throws IOException {
        Files.createDirectory(state.path());
        Path token = state.ensureToken();
        assertThat(state.ensureToken()).isEqualTo(token);
        state.publish(StateDirectory.Running.here("http://localhost:1", true));
        assertThat(state.token()).isPresent();
        for (String permissions : List.of("rw-r--r--", "rw-rw----", "rw-----w-")) {
            Files.setPosixFilePermissions(token, PosixFilePermissions.fromString(permissions));
            assertThatThrownBy(() -> state.ensureToken())
                    .as(permissions)
                    .hasMessageContaining("others can read or write " + token);
            assertThatThrownBy(() -> state.token()).as(permissions).hasMessageContaining("others can read or write");
        }
        Path elsewhere = Files.move(token, state.path().resolve("elsewhere"));
        Files.createSymbolicLink(token, elsewhere);
        assertThatThrownBy(() -> state.ensureToken()).hasMessageContaining("is no regular file");
    }

    /** Whoever takes the port of a server that has ended, or wants no token, must not be shown one. */
    @Test
    void theTokenIsForAServerOfOursThatWantsIt() throws IOException {
        Files.createDirectory(state.path());
        state.ensureToken();
        assertThat(state.token()).isEmpty();
        state.publish(StateDirectory.Running.here("http://localhost:1", false));
        assertThat(state.token()).isEmpty();
        state.publish(StateDirectory.Running.here("http://localhost:1", true));
        assertThat(state.token()).isPresent();
        state.withdraw();
        assertThat(state.token()).isEmpty();
        assertThat(state.hasToken()).isTrue();
    }

    @Test
    void tellsRootWhoElseIsHere() {
        List<String> alone = List.of(
                "root:x:0:0:root:/root:/bin/bash", "nobody:x:65534:65534::/:/bin/sh", "web:x:1001:33::/:/sbin/nologin");
        assertThat(HostUsers.warning(alone, false)).isEmpty();
        List<String> shared = List.of("root:x:0:0:root:/root:/bin/bash", "ada:x:1000:1000:Ada:/home/ada:/bin/bash");
        assertThat(HostUsers.warning(shared, false).orElseThrow())
                .contains("on a host that ada can log in to", "--tokens");
        assertThat(HostUsers.warning(shared, true).orElseThrow())
                .contains("ada can log in")
                .doesNotContain("--tokens");
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
