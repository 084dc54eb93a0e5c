package io.bohrwerk.bench;

import io.bohrwerk.client.BundledTarget;
import io.bohrwerk.client.LinuxTarget;
import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.GuestInput;
import io.bohrwerk.emulator.RunMode;
import io.bohrwerk.emulator.TargetFiles;
import io.bohrwerk.emulator.debug.DebugSettings;
import io.bohrwerk.emulator.debug.DebuggedFailure;
import io.bohrwerk.emulator.debug.GdbScript;
import io.bohrwerk.emulator.debug.TimeTravelServer;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Going back with gdb: single steps from random places in a Linux guest, and the demo's racing store by its watchpoint. Times are gdb's, from its
 * command to its next.
 */
final class DebugBench implements Bench {
    private static final int POINTS = 50;
    private static final int LINUX_ITERATIONS = 6;
    private static final double GOAL_SECONDS = 1.5;
    private static final int SHIFT = 4;
    private static final int GDB_LIMIT_MINUTES = 20;
    /** The demo fails once in 20,000 iterations: a hundred batches of 10,000 are beyond doubt. */
    private static final int MOST_BATCHES = 100;

    @Override
    public void run(Place place, Measurement.Sink sink) throws Exception {
        linux(place, sink);
        race(place, sink);
    }

    private static void linux(Place place, Measurement.Sink sink) throws Exception {
        Path directory = LinuxTarget.build("linux-breakpoint", place.directory(), place.state(), sink::say);
        TargetFiles target = TargetFiles.in(directory);
        Rig rig = Rig.of(place.emulator(), directory);
        Batch batch = rig.batch(Schedule.random(SHIFT, 250_000, 7), LINUX_ITERATIONS);
        rig.with(SHIFT, (machine, ready) -> {
            BatchRun run = machine.run(ready, batch, RunMode.RECORDED, passed -> {});
            DebuggedFailure recorded = recorded(target, batch, run, ready);
            SplittableRandom random = new SplittableRandom(1);
            List<Long> points = new ArrayList<>();
            for (int i = 0; i < POINTS; i++) {
                points.add(random.nextLong(run.firstInstruction() + 1000, run.lastInstruction()));
            }
            stepsBack(place, recorded, points, sink);
        });
    }

    private static DebuggedFailure recorded(TargetFiles target, Batch batch, BatchRun run, Path ready) {
        return new DebuggedFailure(
                target,
                GuestInput.of(target.manifest(), batch),
                batch.schedule().shift(),
                run.recording(),
                List.of(new DebuggedFailure.Snapshot(run.firstInstruction(), ready, QemuCommandLine.READY)),
                run.lastInstruction(),
                run.iterations(),
                batch.reportEvery());
    }

    private static void stepsBack(Place place, DebuggedFailure recorded, List<Long> points, Measurement.Sink sink)
            throws IOException {
        List<String> commands = new ArrayList<>();
        for (long point : points) {
            commands.addAll(List.of(
                    "monitor goto " + point,
                    "shell date +'began %s.%N'",
                    "reverse-stepi",
                    "shell date +'ended %s.%N'",
                    "monitor icount"));
        }
        List<Double> seconds = new ArrayList<>();
        int exact = 0;
        long expected = 0;
        double began = 0;
        boolean stepped = false;
        for (String line : gdb(place, recorded, commands).lines().toList()) {
            if (line.startsWith("began ")) {
                began = Double.parseDouble(line.substring("began ".length()));
                stepped = true;
            } else if (line.startsWith("ended ")) {
                seconds.add(Double.parseDouble(line.substring("ended ".length())) - began);
            } else if (line.startsWith("instruction ")) {
                long icount = Long.parseLong(line.substring("instruction ".length(), line.indexOf(',')));
                if (stepped) {
                    exact += icount == expected - 1 ? 1 : 0;
                    stepped = false;
                } else {
                    expected = icount;
                }
            }
        }
        sink.accept(Measurement.atLeast("debug.linux-steps-back-exact", exact, "of " + points.size(), points.size()));
        sink.accept(Measurement.atMost("debug.linux-step-back", Bench.median(seconds), "s, median", GOAL_SECONDS));
    }

    private static void race(Place place, Measurement.Sink sink) throws Exception {
        Path directory = BundledTarget.RACE.writeTo(place.directory());
        TargetFiles target = TargetFiles.in(directory);
        Rig rig = Rig.of(place.emulator(), directory);
        rig.with(SHIFT, (machine, ready) -> {
            for (long seed = 1; seed <= MOST_BATCHES; seed++) {
                Batch batch = rig.random(SHIFT, seed);
                BatchRun run = machine.run(ready, batch, RunMode.RECORDED, passed -> {});
                if (run.outcome() != Outcome.PASSED) {
                    sink.accept(Measurement.atLeast(
                            "debug.racing-store-found", foundStore(place, recorded(target, batch, run, ready)), "", 1));
                    return;
                }
            }
            throw new IOException("the demo did not fail in " + MOST_BATCHES + " batches");
        });
    }

    /** Back over the last clearing of the saved cause to the store that wrote it: in the switch that the timer interrupt made too early. */
    private static int foundStore(Place place, DebuggedFailure recorded) throws IOException {
        String said = gdb(
                place,
                recorded,
                List.of("watch -l test_thread.dr6", "reverse-continue", "reverse-continue", "info symbol $pc"));
        return said.lines().anyMatch(line -> line.startsWith("dbregs_switch_out")) ? 1 : 0;
    }

    private static String gdb(Place place, DebuggedFailure recorded, List<String> commands) throws IOException {
        try (TimeTravelServer server = TimeTravelServer.open(place.emulator(), recorded, DebugSettings.onPort(0))) {
            List<String> lines = new ArrayList<>(GdbScript.lines(recorded.target(), server.port()));
            lines.addAll(commands);
            Path script = place.directory().resolve("bench.gdb");
            Path said = place.directory().resolve("gdb.log");
            Files.write(script, lines);
            Process gdb = new ProcessBuilder("gdb", "-nx", "-q", "-batch", "-x", script.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            try {
                if (!gdb.waitFor(GDB_LIMIT_MINUTES, TimeUnit.MINUTES)) {
                    throw new IOException("gdb did not end within " + GDB_LIMIT_MINUTES + " minutes");
                }
            } finally {
                gdb.destroyForcibly();
            }
            return Files.readString(said);
        } catch (io.bohrwerk.emulator.InfrastructureException e) {
            throw new IOException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
