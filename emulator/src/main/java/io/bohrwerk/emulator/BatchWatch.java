package io.bohrwerk.emulator;

import io.bohrwerk.emulator.console.AgentLine;
import io.bohrwerk.emulator.qmp.QmpEvent;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.target.TargetManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Lets a batch run, and decides how it ended. */
final class BatchWatch {
    /** How often a running machine is asked how far it is. Each question costs it microseconds. */
    private static final Duration POLL = Duration.ofMillis(250);
    /** An agent that stops the machine does so an instruction after its last word; one that cannot is stopped from here. */
    private static final Duration GRACE_TO_STOP = Duration.ofMillis(500);
    /** A halted processor under {@code sleep=off} wakes at once when there is any timer to wake it; after this long there is none. */
    private static final Duration HALTED_FOR_GOOD = Duration.ofSeconds(3);

    /** To the end of a translated block: microseconds, on a host that is not overloaded. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private static final Set<String> STOPS = Set.of("GUEST_PANICKED", "SHUTDOWN");

    private final Session session;
    private final Batch batch;
    private final EmulatorSettings settings;
    private final boolean counted;
    private final long silenceLimit;

    private @Nullable QmpEvent stop;
    private @Nullable String hang;
    private long seenWords;
    /** At or after the instruction of the last word. */
    private long lastWordInstruction;
    /** Before the instruction of the last word. */
    private long beforeLastWord;

    private long lastSeenInstruction;
    private long lastAdvance = System.nanoTime();

    /** @param counted whether the machine can be asked for its instruction count */
    BatchWatch(Session session, Batch batch, TargetManifest manifest, EmulatorSettings settings, boolean counted) {
        this.session = session;
        this.batch = batch;
        this.settings = settings;
        this.counted = counted;
        long perIteration =
                manifest.test().iterationTimeout().instructions(batch.schedule().shift())
                        + batch.schedule().longestDelay();
        this.silenceLimit = perIteration * Math.min(batch.reportEvery(), batch.iterations());
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
                recording,
                Duration.ofNanos(running - began),
                Duration.ofNanos(ended - running));
    }

    /** Returns when the batch has ended in one way or another; throws when that says nothing about the test. */
    private void watch(long hostLimit) throws InfrastructureException, IOException {
        long stopFromHere = Long.MAX_VALUE;
        long nextPoll = System.nanoTime() + POLL.toNanos();
        while (stop == null && hang == null) {
            long now = System.nanoTime();
            if (now >= stopFromHere) {
                return;
            }
            if (now >= hostLimit) {
                throw new InfrastructureException(
                        InfrastructureTrouble.HOST_TIME_LIMIT,
                        "the batch took longer than " + settings.batchLimit().toSeconds()
                                + " s on the host, at iteration " + (session.passed() + 1));
            }
            if (now >= nextPoll) {
                poll();
                nextPoll = System.nanoTime() + POLL.toNanos();
            }
            Session.Happening happening =
                    session.next(Duration.ofNanos(Math.max(0, Math.min(nextPoll, stopFromHere) - System.nanoTime())));
            if (happening instanceof Session.Happening.Event event && stopsForGood(event.event())) {
                stop = event.event();
            } else if (happening instanceof Session.Happening.Said) {
                stopFromHere = System.nanoTime() + GRACE_TO_STOP.toNanos();
            } else if (happening instanceof Session.Happening.Flooded) {
                throw Machine.flooded();
            } else if (happening instanceof Session.Happening.Exited) {
                throw new InfrastructureException(
                        InfrastructureTrouble.EMULATOR_DIED,
                        "the emulator died in the batch: " + session.describeExit());
            }
        }
    }

    /** Looks for a guest that is hung: no word for too long in its own time, or halted with nothing to wake it. */
    private void poll() throws InfrastructureException, IOException {
        if (!counted) {
            return;
        }
        long words = session.words();
        long count = session.instructionCount();
        if (words != seenWords) {
            seenWords = words;
            beforeLastWord = lastSeenInstruction;
            lastWordInstruction = count;
        }
        if (count != lastSeenInstruction) {
            lastSeenInstruction = count;
            lastAdvance = System.nanoTime();
        } else if (System.nanoTime() - lastAdvance > HALTED_FOR_GOOD.toNanos() && session.halted()) {
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
        return Math.max(first, stoppedByGuest ? last - margin : beforeLastWord - margin);
    }

    private record Ending(Outcome outcome, long iterations, String reason) {}

    /** Judges by the agent's last word, when it said one; else by the machine's stop. Call it when the console is read to its end. */
    private Ending ending() throws InfrastructureException {
        AgentLine word = session.lastWord();
        long unreported = session.passed() + 1;
        if (word instanceof AgentLine.Done done) {
            if (done.iteration() != batch.iterations()) {
                throw protocol("done " + done.iteration() + " of " + batch.iterations());
            }
            return new Ending(Outcome.PASSED, done.iteration(), "");
        }
        if (word instanceof AgentLine.Fail fail) {
            if (fail.iteration() < unreported || fail.iteration() > batch.iterations()) {
                throw protocol("fail " + fail.iteration() + " after pass " + session.passed());
            }
            return new Ending(Outcome.FAILED, fail.iteration(), fail.reason());
        }
        if (word instanceof AgentLine.Refusal refusal) {
            throw protocol(refusal.why());
        }
        if (word instanceof AgentLine.Ready) {
            throw protocol("ready, in the middle of a batch");
        }
        if (hang != null) {
            return new Ending(Outcome.HUNG, unreported, hang);
        }
        return new Ending(Outcome.PANICKED, unreported, stop == null ? "stopped" : describe(stop));
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
