package io.bohrwerk.emulator.debug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.EmulatorSettings;
import io.bohrwerk.emulator.GuestInput;
import io.bohrwerk.emulator.Guests;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.Machine;
import io.bohrwerk.emulator.TargetFiles;
import io.bohrwerk.protocol.ByteSize;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Schedule;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** gdb itself, on a failure of the demo target. */
@Tag("emulators")
@Timeout(300)
class TimeTravelTest {
    private static final int TIMER_PERIOD = 62_500;
    /** Of 5,000 iterations that fail once in 20,000: all pass once in three million times. */
    private static final int MOST_BATCHES = 60;

    @TempDir
    private static Path directory;

    private static Emulator emulator;
    private static DebuggedFailure failure;

    @BeforeAll
    static void findAFailure() throws Exception {
        emulator = Emulator.open(EmulatorSettings.in(directory.resolve("machines")));
        TargetFiles target = Guests.demo();
        Path ready = directory.resolve("ready.qcow2");
        try (Machine machine = emulator.machine(target)) {
            Files.move(machine.prepare(), ready);
        }
        for (int seed = 1; seed <= MOST_BATCHES; seed++) {
            try (Machine machine = emulator.machine(target)) {
                Batch batch = new Batch(Schedule.random(4, TIMER_PERIOD, seed), 5000, 1);
                BatchRun run = machine.run(ready, batch, passed -> {});
                if (run.outcome() == Outcome.FAILED) {
                    Path recording = directory.resolve("recording.rr");
                    Files.move(run.recording(), recording);
                    failure = new DebuggedFailure(
                            target,
                            GuestInput.of(target.manifest(), batch),
                            4,
                            recording,
                            List.of(new DebuggedFailure.Snapshot(run.firstInstruction(), ready, "ready")),
                            run.lastInstruction(),
                            run.iterations(),
                            1);
                    return;
                }
            }
        }
        throw new AssertionError("no failure in " + MOST_BATCHES + " batches");
    }

    @AfterAll
    static void close() throws Exception {
        emulator.close();
        try (var left = Files.list(directory.resolve("machines"))) {
            assertThat(left).isEmpty();
        }
    }

    @AfterEach
    void noEmulatorIsLeft() {
        assertThat(emulators()).isEmpty();
    }

    private static List<ProcessHandle> emulators() {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().command().orElse("").contains("qemu-system"))
                .toList();
    }

    private static DebugSettings settings() {
        return new DebugSettings(0, Duration.ofMinutes(4), 6, ByteSize.ofMebibytes(512));
    }

    private static TimeTravelServer open() throws Exception {
        return TimeTravelServer.open(emulator, failure, settings());
    }

    /** What gdb says to these commands. */
    private static String gdb(TimeTravelServer server, String... commands) throws Exception {
        Path script = directory.resolve("script.gdb");
        List<String> lines = new ArrayList<>(GdbScript.lines(failure.target(), server.port()));
        lines.addAll(List.of(commands));
        lines.add("detach");
        Files.write(script, lines);
        Path output = directory.resolve("gdb.log");
        Process gdb = new ProcessBuilder("gdb", "-nx", "-q", "-batch", "-x", script.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(gdb.waitFor(4, TimeUnit.MINUTES)).as("gdb ended").isTrue();
        } finally {
            gdb.destroyForcibly();
        }
        return Files.readString(output);
    }

    private static List<Long> counts(String output) {
        Matcher matcher = Pattern.compile("(?m)^instruction (\\d+),").matcher(output);
        List<Long> counts = new ArrayList<>();
        while (matcher.find()) {
            counts.add(Long.parseLong(matcher.group(1)));
        }
        return counts;
    }

    /** Every step back is one instruction, and a step forward from there comes to the same place again. */
    @Test
    void stepsBack() throws Exception {
        long last = failure.last();
        try (TimeTravelServer server = open()) {
            String output = gdb(
                    server,
                    "monitor icount",
                    "reverse-stepi",
                    "monitor icount",
                    "reverse-stepi",
                    "monitor icount",
                    "printf \"here %x\\n\", $pc",
                    "stepi",
                    "monitor icount",
                    "reverse-stepi",
                    "printf \"here %x\\n\", $pc",
                    "monitor icount");
            assertThat(counts(output)).as(output).containsExactly(last, last - 1, last - 2, last - 1, last - 2);
            List<String> places =
                    output.lines().filter(line -> line.startsWith("here ")).toList();
            assertThat(places).hasSize(2);
            assertThat(places.get(0)).isEqualTo(places.get(1));
        }
    }

    /** The cause of the trap went into the pcb by a store in the timer's switch: the last one that changed it, but for the clearing. */
    @Test
    void findsTheRacingStore() throws Exception {
        try (TimeTravelServer server = open()) {
            String output = gdb(
                    server,
                    "watch -l test_thread.dr6",
                    "reverse-continue",
                    "info symbol $pc",
                    "reverse-continue",
                    "info symbol $pc",
                    "x/i $pc",
                    "monitor icount",
                    "printf \"before: %x\\n\", test_thread.dr6",
                    "delete",
                    "stepi",
                    "printf \"after: %x\\n\", test_thread.dr6",
                    "break irq_timer",
                    "reverse-continue",
                    "info symbol $pc",
                    "reverse-stepi",
                    "info symbol $pc");
            assertThat(output)
                    .as(output)
                    .containsSubsequence(
                            "Old value = 0",
                            "New value = 1",
                            "dbregs_clear_cause",
                            "Old value = 1",
                            "New value = 0",
                            "dbregs_switch_out",
                            "or ",
                            "before: 0",
                            "after: 1",
                            "irq_timer in section",
                            "trap_debug + ");
        }
    }

    /** The guest has its own watchpoint on the same bytes, which QEMU 7.2 mixes up with ours. */
    @Test
    void watchesWhatTheGuestWatches() throws Exception {
        try (TimeTravelServer server = open()) {
            String output = gdb(
                    server,
                    "watch *(int *) watched",
                    "reverse-continue",
                    "info symbol $pc",
                    "print *(int *) watched",
                    "reverse-continue",
                    "print *(int *) watched");
            long iteration = failure.iteration();
            assertThat(output)
                    .as(output)
                    .containsSubsequence(
                            "Old value = " + iteration,
                            "New value = " + (iteration - 1),
                            "store + 8 in section",
                            "$1 = " + (iteration - 1),
                            "$2 = " + (iteration - 2));
        }
    }

    @Test
    void goesToPlaces() throws Exception {
        long iteration = failure.iteration() - 1;
        try (TimeTravelServer server = open()) {
            String output = gdb(
                    server,
                    "monitor goto start",
                    "reverse-stepi",
                    "monitor goto iteration " + iteration,
                    "info registers eip",
                    "tbreak test",
                    "continue",
                    "info args",
                    "monitor goto failure",
                    "continue",
                    "monitor goto 1",
                    "monitor goto iteration " + (failure.iteration() + 1),
                    "monitor nonsense",
                    "monitor checkpoints",
                    "break nowhere_at_all if 0",
                    "break *0x0",
                    "reverse-continue",
                    "monitor icount");
            assertThat(output)
                    .as(output)
                    .containsSubsequence(
                            "No more reverse-execution history",
                            "right after the report of iteration " + (iteration - 1),
                            "i = " + iteration,
                            "No more reverse-execution history",
                            "must be from " + firstCount() + " to " + failure.last(),
                            "must be from 1 to " + failure.iteration(),
                            "is no command; try: monitor help",
                            "ready, came with the failure",
                            "No more reverse-execution history");
            List<Long> counts = counts(output);
            assertThat(counts.get(0)).isEqualTo(firstCount());
            assertThat(counts.get(counts.size() - 1)).isEqualTo(firstCount());
        }
    }

    private static long firstCount() {
        return failure.snapshots().get(0).icount();
    }

    private static PacketStream connect(Socket socket) throws IOException {
        socket.setSoTimeout(240_000);
        return new PacketStream(socket.getInputStream(), socket.getOutputStream());
    }

    private static String ask(PacketStream stream, String request) throws IOException {
        stream.send(Packet.of(request));
        Packet answer = stream.receive();
        return answer == null ? "nothing" : answer.text();
    }

    private static String icount(PacketStream stream) throws IOException {
        String said = ask(stream, "qRcmd," + Packet.hex("icount"));
        assertThat(stream.receive()).isEqualTo(Packet.OK);
        return new String(java.util.HexFormat.of().parseHex(said.substring(1)), StandardCharsets.UTF_8);
    }

    @Test
    void oneDebuggerAtATime() throws Exception {
        try (TimeTravelServer server = open();
                Socket one = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            PacketStream first = connect(one);
            assertThat(ask(first, "qSupported")).contains("ReverseStep+");
            try (Socket two = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                PacketStream second = connect(two);
                assertThat(ask(second, "qSupported")).isEqualTo("E.another debugger is attached; one at a time");
                assertThat(second.receive()).isNull();
            }
            assertThat(ask(first, "bs")).startsWith("T05");
        }
    }

    /** A debugger that dies while the server works for it leaves nothing behind that hinders the next. */
    @Test
    void aDebuggerThatGoesAwayMidCommand() throws Exception {
        try (TimeTravelServer server = open()) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                PacketStream stream = connect(socket);
                assertThat(ask(stream, "Z0,1,1")).isEqualTo("OK");
                stream.send(Packet.of("bc"));
            }
            String answer = "";
            for (int i = 0; i < 600 && !answer.contains("ReverseStep+"); i++) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                    PacketStream stream = connect(socket);
                    answer = ask(stream, "qSupported");
                    if (answer.contains("ReverseStep+")) {
                        assertThat(icount(stream)).contains("instruction " + failure.last() + ",");
                        assertThat(ask(stream, "bs")).startsWith("T05");
                    }
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
            assertThat(answer).contains("ReverseStep+");
        }
    }

    @Test
    void aSearchThatIsBrokenOff() throws Exception {
        try (TimeTravelServer server = open();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            PacketStream stream = connect(socket);
            assertThat(ask(stream, "Z0,1,1")).isEqualTo("OK");
            stream.send(Packet.of("bc"));
            stream.send(Packet.INTERRUPT);
            Packet answer = stream.receive();
            while (answer != null && answer.text().startsWith("O")) {
                answer = stream.receive();
            }
            assertThat(String.valueOf(answer)).startsWith("T");
            assertThat(ask(stream, "z0,1,1")).isEqualTo("OK");
            assertThat(ask(stream, "bs")).startsWith("T05");
        }
    }

    @Test
    void anEmulatorThatDies() throws Exception {
        try (TimeTravelServer server = open();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            PacketStream stream = connect(socket);
            assertThat(ask(stream, "bs")).startsWith("T05");
            emulators().forEach(ProcessHandle::destroyForcibly);
            stream.send(Packet.of("s"));
            String said = "";
            Packet answer = stream.receive();
            while (answer != null && answer.text().startsWith("O")) {
                said += new String(
                        java.util.HexFormat.of().parseHex(answer.text().substring(1)), StandardCharsets.UTF_8);
                answer = stream.receive();
            }
            assertThat(said).contains("emulator", "back at instruction " + (failure.last() - 1));
            assertThat(String.valueOf(answer)).startsWith("T02");
            assertThat(ask(stream, "s")).startsWith("T05");
            assertThat(icount(stream)).contains("instruction " + failure.last() + ",");
        }
    }

    private static DebuggedFailure with(Path recording) {
        return new DebuggedFailure(
                failure.target(),
                failure.configuration(),
                failure.shift(),
                recording,
                failure.snapshots(),
                failure.last(),
                failure.iteration(),
                failure.reportEvery());
    }

    @Test
    void aRecordingThatIsCutOff() throws Exception {
        byte[] whole = Files.readAllBytes(failure.recording());
        Path half = Files.write(directory.resolve("half.rr"), java.util.Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() ->
                        TimeTravelServer.open(emulator, with(half), settings()).close())
                .isInstanceOf(InfrastructureException.class);
    }
}
