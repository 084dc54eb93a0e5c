package io.bohrwerk.emulator;

import io.bohrwerk.emulator.console.AgentLine;
import io.bohrwerk.protocol.batch.SubtestCounts;
import io.bohrwerk.protocol.batch.UnexpectedPass;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the agent says in a batch. The first {@code fail} decides: later words never take it back, and are kept as a note. Before it, a word
 * about an iteration that does not exist breaks the protocol. Thread-safe: one reads, another asks.
 */
final class BatchWords {
    private static final int KEPT_LATER = 3;
    private static final int SHOWN = 120;

    /** What a word means for the batch. */
    enum Effect {
        /** It goes on. */
        GOES_ON,
        /** The agent has said its last word. */
        ENDS,
        /** The word cannot be: the batch says nothing about the test. */
        BROKEN
    }

    /**
     * The first failure that was said.
     *
     * @param order of the line among all lines read, see {@link GuestVoice}
     * @param start of the line, in bytes from its console's beginning
     */
    record Failed(long iteration, String reason, String line, long order, long start) {}

    private final long iterations;
    private final boolean goOn;
    private final List<Long> failing = new ArrayList<>();
    private final List<String> later = new ArrayList<>();
    private final List<UnexpectedPass> unexpected = new ArrayList<>();
    private long passed;
    private long spoken;
    private long laterCount;
    private long firstLater = Long.MAX_VALUE;
    private boolean done;
    private @Nullable Failed failed;
    private @Nullable String broken;
    private @Nullable SubtestCounts subtests;
    private Set<String> served = Set.of();

    /** @param goOn whether a failing iteration is noted, and the batch goes on */
    BatchWords(long iterations, boolean goOn) {
        this.iterations = iterations;
        this.goOn = goOn;
    }

    synchronized Effect take(AgentLine said, String line, long order, long start) {
        spoken++;
        if (said instanceof AgentLine.Serves told) {
            served = told.wishes();
            return Effect.GOES_ON;
        }
        if (failed != null) {
            if (!(said instanceof AgentLine.Subtests || said instanceof AgentLine.Unexpected)) {
                addLater(line, order);
            }
            return Effect.GOES_ON;
        }
        if (broken != null) {
            return Effect.GOES_ON;
        }
        String complaint = complaint(said);
        if (complaint != null) {
            broken = "the agent said '" + shown(line) + "': " + complaint;
            return Effect.BROKEN;
        }
        if (said instanceof AgentLine.Pass pass) {
            passed = pass.iteration();
        } else if (said instanceof AgentLine.Subtests told) {
            subtests = told.counts();
        } else if (said instanceof AgentLine.Unexpected told) {
            if (unexpected.size() < UnexpectedPass.MOST) {
                unexpected.add(told.pass());
            }
        } else if (said instanceof AgentLine.Fail fail) {
            if (goOn) {
                failing.add(fail.iteration());
                return Effect.GOES_ON;
            }
            failed = new Failed(fail.iteration(), fail.reason(), line, order, start);
            return Effect.ENDS;
        } else if (said instanceof AgentLine.Done) {
            done = true;
            return Effect.ENDS;
        }
        return Effect.GOES_ON;
    }

    /** Why a word cannot be; null when it can. */
    private @Nullable String complaint(AgentLine said) {
        if (said instanceof AgentLine.Refusal refusal) {
            return shown(refusal.why());
        }
        if (said instanceof AgentLine.Ready || said instanceof AgentLine.Cpus) {
            return (said instanceof AgentLine.Ready ? "ready" : "cpus") + ", in the middle of a batch";
        }
        if (done) {
            return "the batch was done";
        }
        if (said instanceof AgentLine.Pass pass) {
            return outside(pass.iteration());
        }
        if (said instanceof AgentLine.Fail fail) {
            return outside(fail.iteration());
        }
        if (said instanceof AgentLine.Done told && told.iteration() != iterations) {
            return "the batch has " + iterations + " iterations";
        }
        long about = said instanceof AgentLine.Subtests told
                ? told.iteration()
                : said instanceof AgentLine.Unexpected told ? told.pass().iteration() : 1;
        return about >= 1 && about <= iterations ? null : "the batch has iterations 1 to " + iterations;
    }

    private @Nullable String outside(long iteration) {
        if (iteration < 1 || iteration > iterations) {
            return "the batch has iterations 1 to " + iterations;
        }
        boolean over = goOn ? iteration < passed : iteration <= passed;
        return over ? "it had said that iteration " + passed + " passed" : null;
    }

    private void addLater(String line, long order) {
        laterCount++;
        firstLater = Math.min(firstLater, order);
        if (later.size() < KEPT_LATER) {
            later.add(shown(line));
        }
    }

    /** Of a word, what fits a message: one line, without control characters. */
    private static String shown(String line) {
        String cut = line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "..";
        return cut.replaceAll("\\p{Cntrl}", "?");
    }

    /** The last iteration that was said to have passed, 0 for none. */
    synchronized long passed() {
        return passed;
    }

    /** How many words there were: changes whenever the agent gives a sign of life. */
    synchronized long spoken() {
        return spoken;
    }

    synchronized boolean done() {
        return done;
    }

    synchronized @Nullable Failed failed() {
        return failed;
    }

    /** The word that cannot be, and why; null when there was none. */
    synchronized @Nullable String broken() {
        return broken;
    }

    /** What was said after the failure, the first few words of it. */
    synchronized List<String> later() {
        List<String> all = new ArrayList<>(later);
        if (laterCount > later.size()) {
            all.add(laterCount - later.size() + " more");
        }
        return List.copyOf(all);
    }

    /** The order of the first word after the failure; {@link Long#MAX_VALUE} when there was none. */
    synchronized long firstLater() {
        return firstLater;
    }

    /** Of a batch that goes on after failures. */
    synchronized List<Long> failing() {
        return List.copyOf(failing);
    }

    /** How the subtests of the last iteration that told of them ended; null when none did. */
    synchronized @Nullable SubtestCounts subtests() {
        return subtests;
    }

    synchronized List<UnexpectedPass> unexpectedPasses() {
        return List.copyOf(unexpected);
    }

    /** What the agent says it does besides running iterations. */
    synchronized Set<String> served() {
        return served;
    }
}
