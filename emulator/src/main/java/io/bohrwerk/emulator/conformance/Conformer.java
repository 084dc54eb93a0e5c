package io.bohrwerk.emulator.conformance;

import io.bohrwerk.emulator.Batch;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.Machine;
import io.bohrwerk.emulator.ReplayPlan;
import io.bohrwerk.emulator.ReplayRun;
import io.bohrwerk.emulator.TargetFiles;
import io.bohrwerk.emulator.conformance.Counter.Count;
import io.bohrwerk.emulator.qemu.StandStill;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.conformance.Conformance;
import io.bohrwerk.protocol.conformance.Conformance.Answer;
import io.bohrwerk.protocol.conformance.Conformance.Finding;
import io.bohrwerk.protocol.conformance.Conformance.Service;
import io.bohrwerk.protocol.conformance.Conformance.Verdict;
import io.bohrwerk.protocol.conformance.GuestKey;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.protocol.target.TargetTest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tests a guest's side of the protocol: runs twenty to forty short batches whose only difference is what they ask for, and counts
 * instructions. A few seconds for a bare kernel, under a minute for Linux.
 */
public final class Conformer {
    private static final int ITERATIONS = 8;
    /** Iterations longer than this many instructions are run in pairs only. */
    private static final long LONG_ITERATION = 300_000;

    private static final int FEW_ITERATIONS = 2;

    private static final String NOT_WATCHED =
            "interrupts could not be watched: that takes a recording, and QEMU makes none of several CPUs";

    /** Some seconds of a host: how much is run to look for a failing iteration, unless told how many. */
    private static final long MOST_SEARCHED = 100_000_000;

    /** So many such batches are run, as long as none fails. */
    private static final int SEEDS = 3;

    private static final Set<InfrastructureTrouble> LOST_REPLAY =
            EnumSet.of(InfrastructureTrouble.BLOB_MISSING, InfrastructureTrouble.EMULATOR_DIED);

    private final Machine machine;
    private final Path ready;
    private final TargetManifest manifest;
    private final int shift;

    private Conformer(Machine machine, Path ready, TargetManifest manifest) {
        this.machine = machine;
        this.ready = ready;
        this.manifest = manifest;
        this.shift = manifest.machine().bootShift();
    }

    /**
     * What was found.
     *
     * @param run a batch with random delays, as a hunt has them
     */
    public record Result(Conformance conformance, BatchRun run) {}

    /**
     * @param id the target's
     * @param ready an image from {@link Machine#prepare}
     * @param iterations of the batch that is run again and replayed; 0 for as many as fit into some seconds
     * @throws InfrastructureException when it could not be found out, which says nothing about the guest, or when the guest cannot be
     *     used at all
     */
    public static Result check(Emulator emulator, TargetFiles target, Digest id, Path ready, int iterations)
            throws InfrastructureException {
        try (Machine machine = emulator.machine(target)) {
            String version = emulator.version(target.manifest().machine().arch());
            return check(machine, target.manifest(), id, version, ready, iterations);
        }
    }

    /**
     * As above, in a machine that somebody else opened and closes.
     *
     * @param version of the machine's emulator
     */
    public static Result check(
            Machine machine, TargetManifest manifest, Digest id, String version, Path ready, int iterations)
            throws InfrastructureException {
        return new Conformer(machine, ready, manifest).check(id, version, iterations);
    }

    private Result check(Digest id, String version, int iterations) throws InfrastructureException {
        boolean driven = manifest.test().driver() == TargetTest.Driver.CONSOLE;
        Counter counter =
                new Counter(machine, ready, ITERATIONS, driven ? manifest.test().reportEvery() : 0);
        Scale scale = new Scale(counter, shift);
        Schedule first = driven ? Schedule.fixed(shift, 0) : scale.base();
        Count count = counter.count(first);
        if (count.instructions() / ITERATIONS > LONG_ITERATION) {
            counter.shorten(FEW_ITERATIONS);
        }
        Map<GuestKey, Finding> keys = driven ? new EnumMap<>(driven(counter)) : new Keys(counter, scale, shift).find();
        boolean delays = served(keys, GuestKey.DELAYS);
        boolean delay = served(keys, GuestKey.DELAY);
        Wishes wishes = new Wishes(counter, manifest);
        // Interrupts are watched in replays.
        boolean recorded = !manifest.machine().severalCpus();
        boolean watched = recorded && (delay || delays);
        VirtualTime period = watched ? wishes.timer(!delay) : null;
        if (!driven) {
            keys.put(
                    GuestKey.HZ,
                    watched
                            ? wishes.hz(period, !delay)
                            : new Finding(
                                    Service.UNDECIDED,
                                    recorded ? "without a delay the timer could not be watched" : NOT_WATCHED));
            keys.put(GuestKey.EXTRA, recorded ? wishes.extra() : new Finding(Service.UNDECIDED, NOT_WATCHED));
        }
        return replayed(id, version, keys, period, iterations, count.instructions() / ITERATIONS);
    }

    private static boolean served(Map<GuestKey, Finding> keys, GuestKey key) {
        Finding finding = keys.get(key);
        return finding != null && finding.service() != Service.NOT_SERVED;
    }

    /** What a shell makes of the keys: its loop is ours, so only the length of a turn is the guest's. */
    private Map<GuestKey, Finding> driven(Counter counter) throws InfrastructureException {
        Map<GuestKey, Finding> keys = new EnumMap<>(GuestKey.class);
        for (GuestKey key : GuestKey.values()) {
            keys.put(key, new Finding(Service.NOT_SERVED, "a shell cannot; it needs an agent in the guest"));
        }
        int spin = manifest.test().console().orElseThrow().loop().spinInstructions();
        int turns = 80;
        Count from = counter.count(Schedule.fixed(shift, 10L * spin));
        Count to = counter.count(Schedule.fixed(shift, (10L + turns) * spin));
        if (from.passed() && to.passed()) {
            long turn = (to.instructions() - from.instructions()) / ((long) turns * counter.iterations());
            boolean near = Math.abs(turn - spin) <= spin / 4;
            keys.put(
                    GuestKey.DELAY,
                    new Finding(
                            near ? Service.SERVED : Service.INEXACT,
                            String.format(
                                    Locale.ROOT,
                                    "a turn of the shell's loop took %,d instructions; target.yaml says spin: %d",
                                    turn,
                                    spin)));
        } else {
            keys.put(
                    GuestKey.DELAY,
                    new Finding(Service.UNDECIDED, String.valueOf((from.passed() ? to : from).refusal())));
        }
        Finding drawn =
                new Finding(Service.SERVED, "the shell draws delays from one timer period, in turns of its loop");
        keys.put(GuestKey.WINDOW, drawn);
        keys.put(GuestKey.SEED, drawn);
        keys.put(GuestKey.REPORT, new Finding(Service.SERVED, "as target.yaml says, in each batch"));
        return keys;
    }

    /** The rest: what a batch like those of a hunt does when it is run again, and when it is replayed. */
    private Result replayed(
            Digest id,
            String version,
            Map<GuestKey, Finding> keys,
            @Nullable VirtualTime period,
            int iterations,
            long each)
            throws InfrastructureException {
        VirtualTime declared = manifest.machine().timerPeriod();
        long window = declared.instructions(shift);
        int count = iterations > 0
                ? iterations
                : (int) Math.max(
                        FEW_ITERATIONS,
                        Math.min(manifest.test().iterationsPerBatch(), MOST_SEARCHED / Math.max(1, each + window / 2)));
        boolean drawn = served(keys, GuestKey.WINDOW) && served(keys, GuestKey.SEED);
        Batch batch = new Batch(
                searched(drawn, window, 1),
                count,
                Math.min(count, manifest.test().reportEvery()));
        BatchRun run = machine.run(ready, batch, passed -> {});
        Answer replays = replays(batch, run);
        Answer repeats = repeats(batch, run);
        BatchRun failing = failing(batch, run, window, each);
        Answer stops = stops(failing);
        if (!keys.containsKey(GuestKey.CONTINUE)) {
            keys.put(GuestKey.CONTINUE, goesOn(batch, failing, window));
        }
        Conformance conformance = new Conformance(
                Wire.VERSION,
                id,
                version,
                Instant.now(),
                keys,
                stops,
                repeats,
                replays,
                declared,
                period,
                period == null
                        ? manifest.machine().severalCpus() ? NOT_WATCHED : "no ticks of a timer were seen"
                        : String.format(
                                Locale.ROOT,
                                "ticks every %,d instructions, which at shift %d are %s; target.yaml says %s",
                                period.instructions(shift),
                                shift,
                                period,
                                declared));
        return new Result(conformance, run);
    }

    /** As a hunt would search it: random delays, or some other for a guest that draws none. */
    private Schedule searched(boolean drawn, long window, int seed) {
        return drawn ? Schedule.random(shift, window, seed) : Schedule.fixed(shift, seed * 997L % window);
    }

    /** A replay that got lost is tried once more, for a host without time can look like one. */
    private Answer replays(Batch batch, BatchRun run) throws InfrastructureException {
        if (manifest.machine().severalCpus()) {
            return new Answer(
                    Verdict.UNDECIDED,
                    "QEMU records only one CPU: a failure is verified by running its batch again, see repeats");
        }
        Answer answer = replay(batch, run);
        if (answer.verdict() == Verdict.YES) {
            return answer;
        }
        Answer again = replay(batch, run);
        return again.verdict() == Verdict.YES
                ? new Answer(answer.verdict(), "one of two replays went another way: " + answer.note())
                : again;
    }

    private Answer replay(Batch batch, BatchRun run) throws InfrastructureException {
        try {
            ReplayRun replay = machine.replay(ready, batch, run, run.recording(), ReplayPlan.comparison());
            return replay.verified()
                    ? new Answer(
                            Verdict.YES,
                            String.format(
                                    Locale.ROOT,
                                    "%,d iterations, %,d instructions, and both consoles",
                                    run.iterations(),
                                    run.instructions()))
                    : new Answer(Verdict.NO, cut(replay.difference()));
        } catch (InfrastructureException e) {
            if (!StandStill.isIn(e) && !LOST_REPLAY.contains(e.kind())) {
                throw e;
            }
            boolean died = e.kind() == InfrastructureTrouble.EMULATOR_DIED;
            return new Answer(died ? Verdict.UNDECIDED : Verdict.NO, cut(e.kind() + ": " + e.getMessage()));
        }
    }

    private static String cut(String text) {
        return text.substring(0, Math.min(1000, text.length()));
    }

    private Answer repeats(Batch batch, BatchRun run) throws InfrastructureException {
        if (!manifest.repeatable()) {
            return new Answer(
                    Verdict.UNDECIDED, "with a disk a second run need not be: the host decides when a request is done");
        }
        BatchRun second = machine.run(ready, batch, passed -> {});
        return run.agrees(second)
                ? new Answer(
                        Verdict.YES,
                        run.stoppedByGuest()
                                ? "iterations, instruction count and consoles"
                                : "iterations and consoles; the guest does not stop the machine, so its end is the host's")
                : new Answer(
                        Verdict.NO,
                        String.format(
                                Locale.ROOT,
                                "%s at iteration %,d after %,d instructions, then %s at iteration %,d after %,d: something in"
                                        + " it follows the host",
                                run.outcome(),
                                run.iterations(),
                                run.instructions(),
                                second.outcome(),
                                second.iterations(),
                                second.instructions()));
    }

    /** Whether the guest said anything more after a failing iteration. */
    private static Answer stops(BatchRun run) {
        List<String> words =
                run.report().lines().filter(line -> line.startsWith("@bw ")).toList();
        int fail = 0;
        while (fail < words.size() && !words.get(fail).startsWith("@bw fail ")) {
            fail++;
        }
        if (fail + 1 < words.size()) {
            return new Answer(
                    Verdict.NO, "after '" + words.get(fail) + "' it went on, and said '" + words.get(fail + 1) + "'");
        }
        if (run.outcome() != Outcome.FAILED) {
            return new Answer(Verdict.UNDECIDED, "no iteration failed");
        }
        return run.stoppedByGuest()
                ? new Answer(Verdict.YES, "iteration " + run.iterations() + " failed, and was the last")
                : new Answer(
                        Verdict.UNDECIDED,
                        "iteration " + run.iterations() + " failed; the guest did not stop the machine, nor say more");
    }

    /** The first failing batch of a few, so that it is seen what the guest does after a failure; the last of them when none fails. */
    private BatchRun failing(Batch batch, BatchRun run, long window, long each) throws InfrastructureException {
        BatchRun last = run;
        for (int seed = 2; seed <= SEEDS && last.outcome() == Outcome.PASSED && each <= LONG_ITERATION; seed++) {
            Schedule other = searched(batch.schedule().window() != 0, window, seed);
            last = machine.run(ready, new Batch(other, batch.iterations(), batch.reportEvery()), passed -> {});
        }
        return last;
    }

    /** Told to continue, a batch takes another line, and so begins some instructions later: other iterations fail in it. */
    private Finding goesOn(Batch batch, BatchRun run, long window) throws InfrastructureException {
        if (run.outcome() != Outcome.FAILED && stops(run).verdict() == Verdict.UNDECIDED) {
            return new Finding(Service.UNDECIDED, "no iteration failed");
        }
        try {
            for (int seed = 1; seed <= SEEDS; seed++) {
                Schedule schedule = searched(batch.schedule().window() != 0, window, seed);
                List<Long> failing =
                        machine.sweep(ready, new Batch(schedule, batch.iterations(), batch.reportEvery(), true));
                if (!failing.isEmpty() && failing.get(0) < batch.iterations()) {
                    return new Finding(
                            Service.EXACT,
                            "it went on after iteration " + failing.get(0) + ", which failed, to iteration "
                                    + batch.iterations());
                }
            }
            return new Finding(Service.UNDECIDED, "no iteration failed with it");
        } catch (InfrastructureException e) {
            if (e.kind() == InfrastructureTrouble.INTERNAL || e.kind() == InfrastructureTrouble.AGENT_PROTOCOL) {
                return new Finding(Service.NOT_SERVED, cut(String.valueOf(e.getMessage())));
            }
            throw e;
        }
    }
}
