package io.bohrwerk.emulator;

import io.bohrwerk.emulator.console.AgentLine;
import io.bohrwerk.emulator.qmp.QmpEvent;
import io.bohrwerk.emulator.report.KernelReport;
import io.bohrwerk.emulator.report.ReportScanner;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.target.TargetManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Lets a batch run, and decides how it ended. */
final class BatchWatch {
    /** How often a running machine is asked how far it is. Each question costs it microseconds. */
    /** How many times its usual instructions every iteration between two reports may take before their silence is a hang. */
    private static final long SLOWEST = 100;

    private static final Duration POLL = Duration.ofMillis(250);
    /** An agent that stops the machine does so an instruction after its last word; one that cannot is stopped from here. */
    private static final Duration GRACE_TO_STOP = Duration.ofMillis(500);
    /** A shell ends its machine by a command of its system's: in milliseconds, if it may do so at all. */
    private static final Duration GRACE_TO_RESET = Duration.ofSeconds(5);
    /**
     * A halted processor under {@code sleep=off} wakes at once when there is any timer to wake it; after this long there is none. With
     * disks time goes by as on the host, so there it may wait as long as an iteration may.
     */
    private static final Duration HALTED_FOR_GOOD = Duration.ofSeconds(3);

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
     * Where nothing is counted the guest's clock is the host's, and a busy host gives the guest little of it: only a silence of so many times
     * the limit, and of no less than this, is taken for a hang.
     */
    private static final int FREE_PATIENCE = 4;

    private static final Duration LEAST_FREE_PATIENCE = Duration.ofSeconds(20);

    private static final Set<String> STOPS = Set.of("GUEST_PANICKED", "SHUTDOWN");

    private final Session session;
    private final Batch batch;
    private final EmulatorSettings settings;
    private final boolean counted;
    private final long silenceLimit;
    private final long freeSilenceNanos;
    private final Duration graceToStop;
    private final Duration haltedForGood;

    private boolean enough;
    private @Nullable QmpEvent stop;
    private @Nullable String hang;
    /** Have what the kernel says of its trouble, the first in front; one for each console on which it has begun to. */
    private final Deque<ReportScanner> scanners = new ArrayDeque<>();

    private long passedAtReport;
    private long reportUntilInstruction;
    private long reportUntil;
    /** How often the agent had spoken when all that it had said before the report must have been read; -1 until then. */
    private long wordsAtReport;
    /** Before the instruction of the report. */
    private long beforeReport;

    private long seenWords;
    /** At or after the instruction of the last word. */
    private long lastWordInstruction;
    /** Before the instruction of the last word. */
    private long beforeLastWord;

    private final BooleanSupplier unwanted;
    /** Whether it was ended because nobody wants the rest. */
    private boolean cutShort;

    private long lastSeenInstruction;
    private long lastAdvance = System.nanoTime();

    /**
     * @param counted whether the machine can be asked for its instruction count
     * @param unwanted whether nobody waits for the rest of the batch any more
     */
    BatchWatch(
            Session session,
            Batch batch,
            TargetManifest manifest,
            EmulatorSettings settings,
            boolean counted,
            BooleanSupplier unwanted) {
        this.unwanted = unwanted;
        this.session = session;
        this.batch = batch;
        this.settings = settings;
        this.counted = counted;
        long perIteration =
                manifest.test().iterationTimeout().instructions(batch.schedule().shift())
                        + batch.schedule().longestDelay();
        this.silenceLimit = silenceLimit(batch, perIteration);
        // A delay is over in no time: its instructions take as long as the host needs for them.
        this.freeSilenceNanos = Math.max(
                LEAST_FREE_PATIENCE.toNanos(),
                FREE_PATIENCE
                        * manifest.test().iterationTimeout().nanos()
                        * Math.min(batch.reportEvery(), batch.iterations()));
        this.graceToStop = manifest.test()
                        .console()
                        .filter(script -> !script.loop().stopCommand().isEmpty())
                        .isPresent()
                ? GRACE_TO_RESET
                : GRACE_TO_STOP;
        this.haltedForGood = manifest.boot().disks().isEmpty()
                ? HALTED_FOR_GOOD
                : HALTED_FOR_GOOD.plusNanos(manifest.test().iterationTimeout().nanos());
    }

    /**
     * One iteration between two reports may take all the time it has. That all of them do is not to be waited for when it is known what
     * they usually take: with a thousand of them a hang would then be seen after hours.
     *
     * @param most instructions that one may take
     */
    static long silenceLimit(Batch batch, long most) {
        int unreported = Math.min(batch.reportEvery(), batch.iterations());
        Long usual = batch.usualInstructions();
        long others = usual == null
                ? most
                : Math.min(most, SLOWEST * usual + batch.schedule().longestDelay());
        return most + (unreported - 1) * others;
    }

    BatchRun run(long began, Path recording)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        long first = counted ? session.instructionCount() : 0;
        lastWordInstruction = first;
        beforeLastWord = first;
        lastSeenInstruction = first;
        session.resume();
        long running = System.nanoTime();
        watch(running + settings.batchLimit().toNanos());
        boolean stoppedByGuest = stop != null;
        if (!stoppedByGuest) {
            session.pause();
        }
        session.awaitPause("the machine", LONGEST_PAUSE);
        long last = counted ? session.instructionCount() : 0;
        session.end();
        long ended = System.nanoTime();
        addLateReports();
        Ending ending = ending();
        return new BatchRun(
                ending.outcome(),
                ending.iterations(),
                ending.reason(),
                first,
                last,
                stoppedByGuest,
                before(ending, first, last, stoppedByGuest),
                session.console().digest(),
                session.serial().digest(),
                session.serial().tail() + session.console().tail(),
                told(session.lastWord()),
                session.subtests(),
                session.unexpectedPasses(),
                recording,
                Duration.ofNanos(running - began),
                Duration.ofNanos(ended - running));
    }

    /** Returns when the batch has ended in one way or another; throws when that says nothing about the test. */
    private void watch(long hostLimit) throws InfrastructureException, IOException {
        long stopFromHere = Long.MAX_VALUE;
        long nextPoll = System.nanoTime() + POLL.toNanos();
        while (stop == null && hang == null && !enough) {
            long now = System.nanoTime();
            if (now >= stopFromHere) {
                return;
            }
            if (now >= hostLimit) {
                KernelReport told = told(session.lastWord());
                if (told != null && told.certain()) {
                    return;
                }
                throw new InfrastructureException(
                        InfrastructureTrouble.HOST_TIME_LIMIT,
                        "the batch took longer than " + settings.batchLimit().toSeconds()
                                + " s on the host, at iteration " + (session.passed() + 1));
            }
            if (now >= nextPoll) {
                poll();
                cutShort = scanners.isEmpty() && hang == null && unwanted.getAsBoolean();
                if (cutShort || reported()) {
                    return;
                }
                nextPoll = System.nanoTime() + POLL.toNanos();
            }
            Session.Happening happening =
                    session.next(Duration.ofNanos(Math.max(0, Math.min(nextPoll, stopFromHere) - System.nanoTime())));
            if (happening instanceof Session.Happening.Event event && stopsForGood(event.event())) {
                stop = event.event();
            } else if (happening instanceof Session.Happening.Enough) {
                enough = true;
            } else if (happening instanceof Session.Happening.Said) {
                stopFromHere = System.nanoTime() + graceToStop.toNanos();
            } else if (happening instanceof Session.Happening.Reported reported) {
                reports(reported.scanner());
            } else if (happening instanceof Session.Happening.Flooded) {
                throw Machine.flooded();
            } else if (happening instanceof Session.Happening.Exited) {
                throw new InfrastructureException(
                        InfrastructureTrouble.EMULATOR_DIED,
                        "the emulator died in the batch: " + session.describeExit());
            }
        }
    }

    /** A kernel begins to tell of its trouble: it is let to speak on for a while. */
    private void reports(ReportScanner begun) throws InfrastructureException, IOException {
        scanners.add(begun);
        if (scanners.size() > 1) {
            return;
        }
        passedAtReport = session.passed();
        wordsAtReport = -1;
        beforeReport = lastSeenInstruction;
        reportUntil = System.nanoTime() + TIME_TO_REPORT.toNanos();
        if (counted) {
            reportUntilInstruction = session.instructionCount() + INSTRUCTIONS_TO_REPORT;
        }
    }

    /** A guest's stop may be known before its last words are read. */
    private void addLateReports() throws InfrastructureException {
        for (Session.Happening late = session.next(Duration.ZERO); late != null; late = session.next(Duration.ZERO)) {
            if (late instanceof Session.Happening.Reported reported) {
                if (scanners.isEmpty()) {
                    passedAtReport = session.passed();
                    beforeReport = lastSeenInstruction;
                }
                scanners.add(reported.scanner());
            }
        }
    }

    /**
     * Whether a kernel has told of its trouble for long enough. One that was dead and goes on was not: some program printed the line, and
     * the batch goes on as well. While that is not certain, the limit of silence decides.
     */
    private boolean reported() {
        if (scanners.isEmpty()) {
            return false;
        }
        if (wordsAtReport < 0) {
            wordsAtReport = session.words(); // a poll later than the report
            return false;
        }
        if (counted ? lastSeenInstruction < reportUntilInstruction : System.nanoTime() < reportUntil) {
            return false;
        }
        KernelReport report = scanners.element().report().orElseThrow();
        if (report.deadly() && session.words() > wordsAtReport) {
            scanners.remove().dismiss();
            return false;
        }
        return report.certain();
    }

    /** Looks for a guest that is hung: no word for too long in its own time, or halted with nothing to wake it. */
    private void poll() throws InfrastructureException, IOException {
        long words = session.words();
        if (!counted) {
            if (words != seenWords) {
                seenWords = words;
                lastAdvance = System.nanoTime();
            } else if (System.nanoTime() - lastAdvance > freeSilenceNanos) {
                hang = "no word for " + (System.nanoTime() - lastAdvance) / 1_000_000_000
                        + " s of the host's, the limit is " + freeSilenceNanos / 1_000_000_000;
            }
            return;
        }
        long count = session.instructionCount();
        if (words != seenWords) {
            seenWords = words;
            beforeLastWord = lastSeenInstruction;
            lastWordInstruction = count;
        }
        if (count != lastSeenInstruction) {
            lastSeenInstruction = count;
            lastAdvance = System.nanoTime();
        } else if (System.nanoTime() - lastAdvance > haltedForGood.toNanos() && session.halted()) {
            hang = "halted, with no interrupt to come";
        }
        // The count at a word is seen late, never early: so what is measured here is at most the true silence, and a
        // hang is never
        // called too early.
        if (count - lastWordInstruction > silenceLimit) {
            hang = "no word for " + (count - lastWordInstruction) + " instructions, the limit is " + silenceLimit;
        }
    }

    /**
     * An instruction before the failing iteration. A guest that stopped itself did so right after its last word, or died in the
     * iteration: two iterations' length before that the failing one had not begun. Else what was seen while polling has to do.
     */
    private long before(Ending ending, long first, long last, boolean stoppedByGuest) {
        if (ending.outcome() == Outcome.PASSED) {
            return last;
        }
        long unreported = batch.reportEvery() - 1L;
        long margin =
                (2 + (ending.outcome() == Outcome.FAILED ? 0 : unreported)) * (last - first) / ending.iterations();
        long before = stoppedByGuest ? last : beforeLastWord;
        if (!scanners.isEmpty()) {
            before = Math.min(before, beforeReport);
        }
        return Math.max(first, before - margin);
    }

    private record Ending(Outcome outcome, long iterations, String reason) {}

    /** Judges by the agent's last word, when it said one; else by the machine's stop. Call it when the console is read to its end. */
    private Ending ending() throws InfrastructureException {
        AgentLine word = session.lastWord();
        long unreported = session.passed() + 1;
        requireServed(word);
        KernelReport told = told(word);
        boolean failed =
                word instanceof AgentLine.Fail || word instanceof AgentLine.Done || told != null || stop != null;
        if (cutShort && !failed) {
            return new Ending(Outcome.PASSED, session.passed(), "");
        }
        if (word instanceof AgentLine.Done done) {
            if (done.iteration() != batch.iterations()) {
                throw protocol("done " + done.iteration() + " of " + batch.iterations());
            }
            if (told == null) {
                return new Ending(Outcome.PASSED, done.iteration(), "");
            }
        }
        if (word instanceof AgentLine.Fail fail) {
            if (fail.iteration() < unreported || fail.iteration() > batch.iterations()) {
                throw protocol("fail " + fail.iteration() + " after pass " + session.passed());
            }
            return told == null
                    ? new Ending(Outcome.FAILED, fail.iteration(), fail.reason())
                    : new Ending(told.outcome(), fail.iteration(), told.line());
        }
        if (word instanceof AgentLine.Refusal refusal) {
            throw protocol(refusal.why());
        }
        if (word instanceof AgentLine.Ready) {
            throw protocol("ready, in the middle of a batch");
        }
        if (told != null) {
            // Each console has a reader of its own, and the kernel's may be ahead of the agent's when the report is
            // met.
            // None passes after the death of all, so there what has passed by the end is exact.
            long passed = told.deadly() ? session.passed() : passedAtReport;
            return new Ending(told.outcome(), Math.min(passed + 1, batch.iterations()), told.line());
        }
        if (enough) {
            return new Ending(Outcome.PASSED, session.passed(), "");
        }
        if (hang != null) {
            return new Ending(Outcome.HUNG, unreported, hang);
        }
        return new Ending(Outcome.PANICKED, unreported, stop == null ? "stopped" : describe(stop));
    }

    /** An agent from before there were such wishes passes over them; a batch that ran without says nothing about them. */
    private void requireServed(@Nullable AgentLine word) throws InfrastructureException {
        Set<String> wishes = new TreeSet<>(batch.wishes());
        wishes.removeAll(session.served());
        boolean spoke = word instanceof AgentLine.Done || word instanceof AgentLine.Fail || session.passed() > 0;
        if (spoke && !wishes.isEmpty()) {
            throw new InfrastructureException(
                    InfrastructureTrouble.AGENT_PROTOCOL,
                    "the agent does not know what the job's setting asks for (" + String.join(", ", wishes)
                            + "), though the target says so: build the target with the agent of this version");
        }
    }

    /** What the kernel said of its trouble; null when it said nothing, or is alive after what would have killed it. */
    private @Nullable KernelReport told(@Nullable AgentLine word) {
        boolean alive = word instanceof AgentLine.Fail || word instanceof AgentLine.Done;
        return scanners.stream()
                .flatMap(scanner -> scanner.report().stream())
                .filter(told -> !(told.deadly() && alive))
                .findFirst()
                .orElse(null);
    }

    private static InfrastructureException protocol(String said) {
        return new InfrastructureException(InfrastructureTrouble.AGENT_PROTOCOL, "the agent said: " + said);
    }

    /** Whether the guest will not run on after this event. */
    static boolean stopsForGood(QmpEvent event) {
        return STOPS.contains(event.name());
    }

    static String describe(QmpEvent stop) {
        if (stop.name().equals("GUEST_PANICKED")) {
            return "the guest reported a panic";
        }
        String reason = stop.data().path("reason").asString("");
        return switch (reason) {
            case "guest-reset" -> "the processor was reset (a triple fault, or a reboot)";
            case "guest-shutdown" -> "the guest powered the machine off";
            default -> "the machine was shut down (" + reason + ")";
        };
    }
}
