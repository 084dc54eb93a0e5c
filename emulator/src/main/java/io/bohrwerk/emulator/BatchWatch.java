package io.bohrwerk.emulator;

import io.bohrwerk.emulator.qemu.QemuSession;
import io.bohrwerk.emulator.qmp.QmpEvent;
import io.bohrwerk.emulator.qmp.QmpException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.target.TargetManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Lets a batch run, watches it, and stops it when enough was seen. What that means is for {@link Ending} to say. */
final class BatchWatch {
    /** How often a running machine is asked how far it is. Each question costs it microseconds. */
    private static final Duration POLL = Duration.ofMillis(250);
    /** An agent that stops the machine does so an instruction after its last word; one that cannot is stopped from here. */
    private static final Duration GRACE_TO_STOP = Duration.ofMillis(500);
    /** A shell ends its machine by a command of its system: in milliseconds, if it may do so at all. */
    private static final Duration GRACE_TO_RESET = Duration.ofSeconds(5);
    /** To the end of a translated block: microseconds, on a host that is not overloaded. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private static final Duration POLL_AFTER_REPORT = Duration.ofMillis(5);
    private static final Set<String> STOPS = Set.of("GUEST_PANICKED", "SHUTDOWN");

    private final QemuSession emulator;
    private final GuestVoice voice;
    private final BatchWords words;
    private final Batch batch;
    private final EmulatorSettings settings;
    private final boolean counted;
    private final BooleanSupplier unwanted;
    private final Duration graceToStop;
    private final Silence silence;
    private final KernelReports reports;

    private boolean enough;
    /** Whether it was ended because nobody wants the rest. */
    private boolean cutShort;
    /** Whether the guest ended its emulator. */
    private boolean exited;

    private @Nullable QmpEvent stop;
    private KernelReports.@Nullable Mark failedAt;

    /**
     * @param words the guest's
     * @param counted whether the machine can be asked for its instruction count
     * @param unwanted whether nobody waits for the rest of the batch any more
     */
    BatchWatch(
            Guest guest,
            BatchWords words,
            Batch batch,
            TargetManifest manifest,
            EmulatorSettings settings,
            boolean counted,
            BooleanSupplier unwanted) {
        this.emulator = guest.emulator();
        this.voice = guest.voice();
        this.words = words;
        this.batch = batch;
        this.settings = settings;
        this.counted = counted;
        this.unwanted = unwanted;
        this.silence = new Silence(emulator, batch, manifest, counted);
        this.reports = new KernelReports(words, silence, counted);
        this.graceToStop = manifest.test()
                        .console()
                        .filter(script -> !script.loop().stopCommand().isEmpty())
                        .isPresent()
                ? GRACE_TO_RESET
                : GRACE_TO_STOP;
    }

    /** @param began when the run was asked for, in {@link System#nanoTime} */
    BatchRun run(long began, Path recording)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        long first = counted ? emulator.instructionCount() : 0;
        silence.begin(first);
        long running = System.nanoTime();
        if (reaches(emulator::resume)) {
            watch(running + settings.batchLimit().toNanos());
        }
        boolean stoppedByGuest = stop != null;
        if (!exited && reaches(() -> pause(stoppedByGuest))) {
            emulator.end();
        } else {
            emulator.drain();
        }
        long ended = System.nanoTime();
        takeLateReports();
        long last = silence.seen();
        Integer exit = exited ? emulator.debugExit() : null;
        Ending.Ended ending = ending(exit);
        FailureSpot spot = counted ? spot(ending, last) : null;
        Ending.Reported by = ending.by();
        return new BatchRun(
                new BatchRun.Result(ending.outcome(), ending.iterations(), ending.reason(), ending.note()),
                new BatchRun.Extent(first, last, stoppedByGuest, exit),
                // A guest that stops right after its word stands at its failure.
                new BatchRun.Where(
                        spot, spot == null ? last : BatchRun.UNKNOWN, before(ending, first, last, stoppedByGuest)),
                new BatchRun.Output(
                        voice.console().digest(),
                        voice.serial().digest(),
                        voice.serial().tail() + voice.console().tail(),
                        by == null ? null : by.report(),
                        words.subtests(),
                        words.unexpectedPasses()),
                recording,
                new BatchRun.Timing(Duration.ofNanos(running - began), Duration.ofNanos(ended - running)));
    }

    /** Returns when the batch has ended in one way or another; throws when that says nothing about the test. */
    private void watch(long hostLimit) throws InfrastructureException, IOException {
        long stopFromHere = Long.MAX_VALUE;
        long nextPoll = System.nanoTime() + POLL.toNanos();
        while (stop == null && silence.hang() == null && !enough && !exited) {
            long now = System.nanoTime();
            if (now >= Math.min(stopFromHere, reports.stopAt()) || reports.answered()) {
                return;
            }
            if (now >= hostLimit) {
                if (reports.certain()) {
                    return;
                }
                throw new InfrastructureException(
                        InfrastructureTrouble.HOST_TIME_LIMIT,
                        "the batch took longer than " + settings.batchLimit().toSeconds()
                                + " s on the host, at iteration " + (words.passed() + 1));
            }
            if (now >= nextPoll) {
                if (!reaches(() -> silence.poll(words.spoken()))) {
                    return;
                }
                cutShort = reports.isEmpty() && silence.hang() == null && unwanted.getAsBoolean();
                if (cutShort || reports.timeIsUp()) {
                    return;
                }
                nextPoll = System.nanoTime() + POLL.toNanos();
            }
            long wake = Math.min(nextPoll, Math.min(stopFromHere, reports.stopAt()));
            if (reports.stopAt() != Long.MAX_VALUE) {
                wake = Math.min(wake, now + POLL_AFTER_REPORT.toNanos());
            }
            Happening happening = voice.next(Duration.ofNanos(Math.max(0, wake - System.nanoTime())));
            if (happening instanceof Happening.Event event && stopsForGood(event.event())) {
                stop = event.event();
            } else if (happening instanceof Happening.Enough) {
                enough = true;
            } else if (happening instanceof Happening.Said) {
                stopFromHere = System.nanoTime() + graceToStop.toNanos();
                if (words.failed() != null && !reaches(() -> failedAt = mark())) {
                    return;
                }
            } else if (happening instanceof Happening.Broken) {
                return;
            } else if (happening instanceof Happening.Reported reported) {
                if (!reaches(() -> reports.begin(reported, mark()))) {
                    return;
                }
            } else if (happening instanceof Happening.Completed) {
                reports.complete();
            } else if (happening instanceof Happening.Flooded) {
                throw GuestVoice.flooded();
            } else if (happening instanceof Happening.Exited) {
                exits();
            }
        }
    }

    @FunctionalInterface
    private interface Question {
        void ask() throws InfrastructureException, IOException;
    }

    /** Asks the emulator something. @return false when it is gone because the guest ended it */
    private boolean reaches(Question question) throws InfrastructureException, IOException {
        try {
            question.ask();
            return true;
        } catch (InfrastructureException | QmpException e) {
            if (!emulator.awaitDebugExit()) {
                if (emulator.gone()) {
                    throw died(e);
                }
                throw e;
            }
            exited = true;
            return false;
        }
    }

    /** Stops the machine, and asks how far it came. */
    private void pause(boolean stoppedByGuest) throws InfrastructureException, IOException {
        if (!stoppedByGuest) {
            emulator.pause();
        }
        emulator.awaitPause(LONGEST_PAUSE);
        silence.stand(counted ? emulator.instructionCount() : 0);
    }

    private void exits() throws InfrastructureException {
        exited = true;
        if (emulator.debugExit() == null) {
            throw died(null);
        }
    }

    private InfrastructureException died(@Nullable Exception cause) {
        return new InfrastructureException(
                InfrastructureTrouble.EMULATOR_DIED,
                "the emulator died in the batch: " + emulator.describeExit(),
                cause);
    }

    private KernelReports.Mark mark() throws QmpException {
        return counted
                ? new KernelReports.Mark(silence.seenBefore(), emulator.instructionCount())
                : new KernelReports.Mark(0, 0);
    }

    /** A guest's stop may be known before its last words are read. */
    private void takeLateReports() throws InfrastructureException {
        for (Happening late = voice.next(Duration.ZERO); late != null; late = voice.next(Duration.ZERO)) {
            if (late instanceof Happening.Reported reported) {
                reports.addLate(reported);
            }
        }
    }

    /**
     * An instruction before the failing iteration. A guest that stopped itself did so right after its last word, or died in the
     * iteration: two iterations' length before that the failing one had not begun. Else what was seen while polling has to do.
     */
    private long before(Ending.Ended ending, long first, long last, boolean stoppedByGuest) {
        if (ending.outcome() == Outcome.PASSED) {
            return last;
        }
        long unreported = batch.reportEvery() - 1L;
        long margin =
                (2 + (ending.outcome() == Outcome.FAILED ? 0 : unreported)) * (last - first) / ending.iterations();
        long before = reports.before(stoppedByGuest ? last : silence.beforeLastWord());
        if (failedAt != null && !stoppedByGuest) {
            before = Math.min(before, failedAt.after());
        }
        return Math.max(first, before - margin);
    }

    /** Judges by all that was seen. Call it when the consoles are read to their end. */
    private Ending.Ended ending(@Nullable Integer exit) throws InfrastructureException {
        Ending ending = Ending.of(new Ending.Seen(
                batch.iterations(),
                batch.wishes(),
                voice.driven(),
                Ending.Spoken.of(words),
                reports.all(),
                exit != null ? "the guest ended with debug-exit value " + exit : stop == null ? null : describe(stop),
                silence.hang(),
                enough || cutShort && stop == null && exit == null));
        if (ending instanceof Ending.Broken broken) {
            throw new InfrastructureException(InfrastructureTrouble.AGENT_PROTOCOL, broken.why());
        }
        return (Ending.Ended) ending;
    }

    /** Where the failure was said; null where the machine stopped right there. */
    private @Nullable FailureSpot spot(Ending.Ended ending, long last) {
        if (ending.by() != null) {
            return reports.spot(ending.by(), last);
        }
        BatchWords.Failed failed = words.failed();
        boolean atOnce = stop != null && words.later().isEmpty();
        if (ending.outcome() != Outcome.FAILED || failed == null || atOnce) {
            return null;
        }
        KernelReports.Mark mark = failedAt == null ? new KernelReports.Mark(silence.seenBefore(), last) : failedAt;
        return new FailureSpot(voice.driven(), failed.line(), false, mark.after(), mark.until());
    }

    /** Whether the guest will not run on after this event. */
    static boolean stopsForGood(QmpEvent event) {
        return STOPS.contains(event.name());
    }

    static String describe(QmpEvent stop) {
        if (stop.name().equals("GUEST_PANICKED")) {
            return "the guest stopped the machine through pvpanic, without a word";
        }
        String reason = stop.data().path("reason").asString("");
        return switch (reason) {
            case "guest-reset" -> "the processor was reset (a triple fault, or a reboot)";
            case "guest-shutdown" -> "the guest powered the machine off";
            default -> "the machine was shut down (" + reason + ")";
        };
    }
}
