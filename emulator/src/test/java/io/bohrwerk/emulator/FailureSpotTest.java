package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.blob.FileBlobStore;
import io.bohrwerk.mergedlog.LogPage;
import io.bohrwerk.mergedlog.LogQuery;
import io.bohrwerk.mergedlog.LogReader;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Schedule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The failure is where it was said, whatever the guest did afterwards. */
@Timeout(120)
class FailureSpotTest {
    private static final Batch BATCH = new Batch(Schedule.fixed(4, 0), 10, 1);

    @TempDir
    Path directory;

    private Emulator emulator;

    @BeforeEach
    void open() throws Exception {
        emulator = Emulator.open(TestSettings.hasty(directory.resolve("machines")));
    }

    @AfterEach
    void close() {
        emulator.close();
    }

    /** The first line of each is printed on the serial port. */
    @ParameterizedTest
    @CsvSource({
        "SURVIVED, '[    3.141592] BUG: kernel NULL'",
        "SURVIVED_TWICE, '[    3.141592] BUG: kernel NULL'",
        "OOPS, '[    3.141592] BUG: kernel NULL'",
        "DEBUGGER, '[  31.4142590] panic: out of tea 7'",
    })
    void aReportsFirstCharacter(String how, String line) throws Exception {
        TargetFiles target = Guests.misbehaving(how);
        Path ready = directory.resolve("ready.qcow2");
        try (Machine machine = emulator.machine(target)) {
            Files.move(machine.prepare(), ready);
        }
        List<Long> found = new ArrayList<>();
        List<BatchRun> runs = new ArrayList<>();
        for (int time = 0; time < 2; time++) {
            try (Machine machine = emulator.machine(target)) {
                BatchRun run = machine.run(ready, BATCH, passed -> {});
                runs.add(run);
                assertThat(run.outcome()).isEqualTo(Outcome.PANICKED);
                Path recording = Files.copy(run.recording(), directory.resolve("recording-" + time));
                ReplayRun replay = machine.replay(ready, BATCH, run, recording, "int");
                assertThat(replay.difference()).isEmpty();
                assertThat(run.failingIn(replay).iterations()).isEqualTo(7);
                long at = replay.failureInstruction();
                found.add(at);
                assertThat(replay.beforeInstruction()).isLessThanOrEqualTo(at);
                if (time == 0) {
                    aroundIt(replay, line);
                }
                Path image = Files.copy(replay.image(), directory.resolve("image-" + time + ".qcow2"));
                long far = Math.min(run.lastInstruction(), at + 50_000);
                // The stored snapshot stands there: the report comes after it, and before it nothing of it.
                Station there = new Station(image, ReplayWatch.FAILURE, at, 0, -1, "", "");
                Station behind =
                        machine.stations().advance(there, BATCH, recording, far, directory.resolve("behind.qcow2"));
                assertThat(behind.serial()).startsWith(line);
                Station step =
                        machine.stations().advance(there, BATCH, recording, at + 1, directory.resolve("step.qcow2"));
                assertThat(step.serial()).isEqualTo("[");
                Station until = machine.stations()
                        .advance(Station.beginning(ready, run), BATCH, recording, at, directory.resolve("until.qcow2"));
                assertThat(until.serial()).doesNotContain(line).matches("(?s)|.*\n");
            }
        }
        assertThat(found.get(1)).isEqualTo(found.get(0));
        assertThat(runs.get(0).agrees(runs.get(1))).isTrue();
    }

    /** The log's failure is the line, and the whole report is behind it. */
    private void aroundIt(ReplayRun replay, String line) throws Exception {
        FileBlobStore store = FileBlobStore.open(directory.resolve("blobs"), 0);
        LogReader log = LogReader.open(
                store,
                put(store, replay.log().file()),
                put(store, Objects.requireNonNull(replay.log().index())));
        long at = log.summary().failureEntry();
        List<LogPage.Found> entries = log.find(LogQuery.from(at, 100)).entries();
        assertThat(entries.get(0).raw()).contains(line);
        assertThat(entries.stream().skip(1).map(LogPage.Found::raw))
                .anyMatch(raw -> raw.contains("pour+0x1f") || raw.contains("brew+0x1f"));
    }

    private static io.bohrwerk.protocol.Digest put(FileBlobStore store, Path file) throws Exception {
        io.bohrwerk.protocol.Digest digest = io.bohrwerk.protocol.Digest.of(file);
        try (var in = Files.newInputStream(file)) {
            store.put(digest, in);
        }
        return digest;
    }
}
