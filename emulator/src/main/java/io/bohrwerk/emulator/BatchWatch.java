package io.bohrwerk.emulator;

import io.bohrwerk.emulator.qemu.QemuSession;
import io.bohrwerk.emulator.qmp.QmpEvent;
import io.bohrwerk.emulator.qmp.QmpException;
import io.bohrwerk.emulator.report.KernelReport;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.target.TargetManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    /** A shell ends its machine by a command of its system's: in milliseconds, if it may do so at all. */
    private static final Duration GRACE_TO_RESET = Duration.ofSeconds(5);
    /** To the end of a translated block: microseconds, on a host that is not overloaded. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /**
     * For how long a kernel that began to tell of its trouble may speak on. A report of Linux's with a stack takes some five million
     * instructions on a serial console; it goes to the debugger or resets the machine right after, or lets its caller die, and the agent
     * speaks.
     */
    private static final long INSTRUCTIONS_TO_REPORT = 50_000_000;
    /** The same, where nothing is counted. */
    private static final Duration TIME_TO_REPORT = Duration.ofSeconds(2);

    /**
     * A kernel that goes on after its report gives its agent's word within milliseconds: that word tells the iteration. Nobody needs what
     * runs after it.
     */
    private static final Duration GRACE_AFTER_REPORT = Duration.ofMillis(500);

    private static final Duration POLL_AFTER_REPORT = Duration.ofMillis(5);
    private static final Set<String> STOPS = Set.of("GUEST_PANICKED", "SHUTDOWN");

    private final QemuSession emulator;
    private final GuestVoice voice;
    private final Batch batch;
    private final EmulatorSettings settings;
    private final boolean counted;
    private final Duration graceToStop;
    private final Silence silence;

    private final BatchWords words;
    private boolean enough;
    private boolean exited;
    private @Nullable QmpEvent stop;
    /** What kernels said of their trouble, the first in front; one for each console on which one has begun to. */
    private final List<Heard> heard = new ArrayList<>();

    private long reportUntilInstruction;
    private long reportUntil;
    /** How often the agent had spoken when all that it had said before the report must have been read; -1 until then. */
    private long wordsAtReport;
    /** When the machine is stopped after a complete report; how often the agent had spoken when it was. */
    private long stopAfterReport = Long.MAX_VALUE;

    private long wordsAtCompletion;
    private @Nullable Mark failedAt;

    private final BooleanSupplier unwanted;
    /** Whether it was ended because nobody wants the rest. */
    private boolean cutShort;

    /** Instruction counts around the moment at which a line was read. */
    private record Mark(long after, long until) {}

    /** A report, and when it was met. */
    private record Heard(Happening.Reported reported, Mark mark) {
        private KernelReport report() {
            return reported.scanner().report().orElseThrow();
        }
    }

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
        this.unwanted = unwanted;
        this.emulator = guest.emulator();
        this.voice = guest.voice();
        this.batch = batch;
        this.settings = settings;
        this.counted = counted;
        this.words = words;
        this.silence = new Silence(emulator, batch, manifest, counted);
        this.graceToStop = manifest.test()
                        .console()
                        .filter(script -> !script.loop().stopCommand().isEmpty())
                        .isPresent()
                ? GRACE_TO_RESET
                : GRACE_TO_STOP;
    }

    BatchRun run(long began, Path recording)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        long first = counted ? emulator.instructionCount() : 0;
        silence.begin(first);
        long running = System.nanoTime();
        if (reaches(emulator::resume)) {
            watch(running + settings.batchLimit().toNanos());
        }
        boolean stoppedByGuest = stop != null;
        if (!exited && reaches(() -> stand(stoppedByGuest))) {
            emulator.end();
        } else {
            emulator.drain();
        }
        long last = silence.seen();
        Integer exit = exited ? emulator.debugExit() : null;
        long ended = System.nanoTime();
        addLate();
        Ending.Ended ending = ending(exit);
        FailureSpot spot = counted ? spot(ending, last) : null;
        Ending.Reported by = ending.by();
        return new BatchRun(
                ending.outcome(),
                ending.iterations(),
                ending.reason(),
                ending.note(),
                first,
                last,
                stoppedByGuest,
                exit,
                spot,
                // A guest that stops right after its word stands at its failure.
                spot == null ? last : BatchRun.UNKNOWN,
                before(ending, first, last, stoppedByGuest),
                voice.console().digest(),
                voice.serial().digest(),
                voice.serial().tail() + voice.console().tail(),
                by == null ? null : by.report(),
                words.subtests(),
                words.unexpectedPasses(),
                recording,
                Duration.ofNanos(running - began),
                Duration.ofNanos(ended - running));
    }

    /** Returns when the batch has ended in one way or another; throws when that says nothing about the test. */
    private void watch(long hostLimit) throws InfrastructureException, IOException {
        long stopFromHere = Long.MAX_VALUE;
        long nextPoll = System.nanoTime() + POLL.toNanos();
        while (stop == null && silence.hang() == null && !enough && !exited) {
            long now = System.nanoTime();
            if (now >= Math.min(stopFromHere, stopAfterReport)
                    || stopAfterReport != Long.MAX_VALUE && words.spoken() > wordsAtCompletion) {
                return;
            }
            if (now >= hostLimit) {
                if (toldForCertain()) {
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
                cutShort = heard.isEmpty() && silence.hang() == null && unwanted.getAsBoolean();
                if (cutShort || reported()) {
                    return;
                }
                nextPoll = System.nanoTime() + POLL.toNanos();
            }
            long wake = Math.min(nextPoll, Math.min(stopFromHere, stopAfterReport));
            if (stopAfterReport != Long.MAX_VALUE) {
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
                if (!reaches(() -> reports(reported))) {
                    return;
                }
            } else if (happening instanceof Happening.Completed && !heard.isEmpty()) {
                completed();
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

    /** Lets the machine stand, and asks how far it came. */
    private void stand(boolean stoppedByGuest) throws InfrastructureException, IOException {
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

    private Mark mark() throws QmpException {
        return counted ? new Mark(silence.seenBefore(), emulator.instructionCount()) : new Mark(0, 0);
    }

    /** A kernel begins to tell of its trouble: it is let to speak on for a while. */
    private void reports(Happening.Reported begun) throws InfrastructureException, IOException {
        boolean first = heard.isEmpty();
        Mark mark = mark();
        heard.add(new Heard(begun, mark));
        if (first) {
            wordsAtReport = -1;
            reportUntil = System.nanoTime() + TIME_TO_REPORT.toNanos();
            reportUntilInstruction = mark.until() + INSTRUCTIONS_TO_REPORT;
        }
    }

    /** A dead kernel goes to its debugger or resets the machine; one that lives gives its agent a word. */
    private void completed() {
        if (stopAfterReport == Long.MAX_VALUE && !heard.get(0).report().deadly()) {
            wordsAtCompletion = words.spoken();
            stopAfterReport = System.nanoTime() + GRACE_AFTER_REPORT.toNanos();
        }
    }

    /** A guest's stop may be known before its last words are read. */
    private void addLate() throws InfrastructureException {
        for (Happening late = voice.next(Duration.ZERO); late != null; late = voice.next(Duration.ZERO)) {
            if (late instanceof Happening.Reported reported) {
                heard.add(new Heard(reported, new Mark(silence.seenBefore(), silence.seen())));
            }
        }
    }

    private boolean toldForCertain() {
        boolean alive = words.failed() != null || words.done();
        return heard.stream().map(Heard::report).anyMatch(report -> report.certain() && !(report.deadly() && alive));
    }

    /**
     * Whether a kernel has told of its trouble for long enough. One that was dead and goes on was not: some program printed the line, and
     * the batch goes on as well. While that is not certain, the limit of silence decides.
     */
    private boolean reported() {
        if (heard.isEmpty()) {
            return false;
        }
        if (wordsAtReport < 0) {
            wordsAtReport = words.spoken(); // a poll later than the report
            return false;
        }
        if (counted ? silence.seen() < reportUntilInstruction : System.nanoTime() < reportUntil) {
            return false;
        }
        KernelReport report = heard.get(0).report();
        if (report.deadly() && words.spoken() > wordsAtReport) {
            heard.remove(0).reported().scanner().dismiss();
            return false;
        }
        return report.certain();
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
        long before = stoppedByGuest ? last : silence.beforeLastWord();
        for (Heard each : heard) {
            before = Math.min(before, each.mark().after());
        }
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
                words.served(),
                voice.driven(),
                words.passed(),
                words.failed(),
                words.later(),
                words.firstLater(),
                words.done(),
                words.broken(),
                heard.stream()
                        .map(each -> new Ending.Reported(
                                each.report(),
                                each.reported().serial(),
                                each.reported().order(),
                                each.reported().passed()))
                        .toList(),
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
        Ending.Reported by = ending.by();
        if (by != null) {
            Mark mark = heard.stream()
                    .filter(each -> each.reported().order() == by.order())
                    .findFirst()
                    .orElseThrow()
                    .mark();
            return new FailureSpot(
                    by.serial(),
                    by.report().text().lines().findFirst().orElse(by.report().line()),
                    true,
                    mark.after(),
                    mark.until() > mark.after() ? mark.until() : last);
        }
        BatchWords.Failed failed = words.failed();
        if (ending.outcome() != Outcome.FAILED || failed == null) {
            return null;
        }
        boolean atOnce = stop != null && words.later().isEmpty();
        Mark mark = failedAt == null ? new Mark(silence.seenBefore(), last) : failedAt;
        return atOnce ? null : new FailureSpot(voice.driven(), failed.line(), false, mark.after(), mark.until());
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
