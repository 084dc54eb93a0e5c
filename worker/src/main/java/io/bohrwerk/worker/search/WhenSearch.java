package io.bohrwerk.worker.search;

import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.Machine;
import io.bohrwerk.emulator.Station;
import io.bohrwerk.mergedlog.elf.Symbols;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Delays;
import io.bohrwerk.protocol.when.WhenCurve;
import io.bohrwerk.worker.failure.FailureManifest;
import io.bohrwerk.worker.work.Progress;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out from where on a failure is certain. Its batch is replayed to points further and further back from the failure; from each the
 * machine goes on by itself, again and again, with all its timers held back by a random part of their period: what the guest has done stays
 * done, and when the next interrupts come is another draw. A run counts as the failure when it fails in the same way up to the same
 * iteration.
 *
 * <p>The points lie so that each is a fixed number of times as far from the failure as the next. Between the last from which some run
 * passes and the first from which none does, the edge is then narrowed down by halves to a single instruction.
 *
 * <p>The same for every failure on every host: times are drawn from the failure's own numbers.
 */
final class WhenSearch {
    private static final Logger log = LoggerFactory.getLogger(WhenSearch.class);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    /** Instructions before the failure; what is nearer is the word that tells of it. */
    private static final long NEAREST = 16;
    /** The farthest point lies by so many iterations further back than an instruction before the failing one. */
    private static final int ITERATIONS_BACK = 2;

    private final Machine machine;
    private final Symbols symbols;
    private final FailureManifest failure;
    private final BatchRun run;
    private final long period;
    private final int points;
    private final int runs;
    private final Path directory;
    private final long began = System.nanoTime();
    private final Map<Long, Tally> tallies = new TreeMap<>();
    private final Progress progress;
    private int ran;

    /**
     * @param machine of the failure's target
     * @param run the failure's, with its recording
     * @param period instructions between two timer interrupts
     * @param points 2 or more, the two at the edge not counted
     * @param runs from each
     * @param directory for images of the machine: at most three at a time; they stay there
     * @param progress told how many runs there were
     */
    WhenSearch(
            Machine machine,
            Symbols symbols,
            FailureManifest failure,
            BatchRun run,
            long period,
            int points,
            int runs,
            Path directory,
            Progress progress) {
        this.progress = progress;
        this.machine = machine;
        this.symbols = symbols;
        this.failure = failure;
        this.run = run;
        this.period = period;
        this.points = points;
        this.runs = runs;
        this.directory = directory;
    }

    /** What came of the runs from a point, as far as there were any. */
    private final class Tally {
        private final Station at;
        private int done;
        private int failures;
        private int others;

        private Tally(Station at) {
            this.at = at;
        }

        private void add() throws InfrastructureException {
            BatchRun went = machine.stations().goOn(at, failure.batch(), hold(done), failure.iteration());
            done++;
            ran++;
            progress.done(ran);
            if (failure.happensIn(went) && went.iterations() <= failure.iteration()) {
                failures++;
            } else if (went.outcome() != Outcome.PASSED) {
                others++;
            }
        }

        /** Runs on until there are all runs. */
        private void complete() throws InfrastructureException {
            while (done < runs && !timeIsUp()) {
                add();
            }
        }

        /** Whether all runs fail; runs on until that is known. */
        private boolean certain() throws InfrastructureException {
            while (failures == done && done < runs && !timeIsUp()) {
                add();
            }
            return failures == done;
        }

        private WhenCurve.Point point() {
            Symbols.Place place = symbols.at(at.pc());
            return new WhenCurve.Point(
                    run.failureInstruction() - at.instruction(),
                    Long.toHexString(at.pc()),
                    place == null ? null : place.toString(),
                    at.passed(),
                    done,
                    failures,
                    others);
        }
    }

    WhenCurve search(Path ready) throws InfrastructureException, IOException {
        Set<Long> asked = new TreeSet<>();
        Station last = Station.beginning(ready, run);
        Station uncertain = null;
        Station certain = null;
        for (long before : distances()) {
            if (timeIsUp()) {
                break;
            }
            last = advance(last, run.failureInstruction() - before);
            asked.add(last.instruction());
            Tally tally = tally(last);
            tally.complete();
            if (!tally.certain()) {
                uncertain = last;
                certain = null;
            } else if (certain == null) {
                certain = last;
            }
            keepOnly(last, uncertain);
        }
        if (uncertain != null && certain != null) {
            asked.addAll(edge(uncertain, certain.instruction()));
        }
        List<WhenCurve.Point> curve = new ArrayList<>();
        for (Tally tally : tallies.values()) {
            if (asked.contains(tally.at.instruction()) && tally.done == runs) {
                curve.add(tally.point());
            }
        }
        if (curve.isEmpty()) {
            throw new InfrastructureException(
                    InfrastructureTrouble.HOST_TIME_LIMIT,
                    "not one point was done in " + LONGEST.toSeconds() + " s: ask for fewer runs");
        }
        long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
        WhenCurve result =
                WhenCurve.of(run.failureInstruction(), failure.iteration(), period, curve, ran, millis, timeIsUp());
        log.info("{} runs in {} ms: {}", ran, millis, result.summary());
        return result;
    }

    /**
     * Narrows down where it becomes certain.
     *
     * @return the two instructions at the edge, next to each other unless the time was up
     */
    private List<Long> edge(Station uncertain, long certain) throws InfrastructureException, IOException {
        Station passes = uncertain;
        long fails = certain;
        while (fails - passes.instruction() > 1 && !timeIsUp()) {
            Station middle = advance(passes, (fails + passes.instruction()) / 2);
            if (tally(middle).certain()) {
                fails = middle.instruction();
            } else {
                passes = middle;
            }
            keepOnly(passes);
        }
        tally(passes).complete();
        return List.of(passes.instruction(), fails);
    }

    /** Instructions before the failure, the farthest first. */
    private List<Long> distances() {
        long begin = Math.max(run.firstInstruction() + 1, run.before(ITERATIONS_BACK));
        long far = Math.max(1, run.failureInstruction() - begin);
        long near = Math.min(NEAREST, far);
        TreeSet<Long> distances = new TreeSet<>();
        for (int k = 0; k < points; k++) {
            distances.add(Math.round(far * Math.pow((double) near / far, (double) k / (points - 1))));
        }
        return List.copyOf(distances.descendingSet());
    }

    private Station advance(Station from, long instruction) throws InfrastructureException {
        Path image = directory.resolve("station-" + instruction + ".qcow2");
        return machine.stations().advance(from, failure.batch(), run.recording(), instruction, image);
    }

    private void keepOnly(@Nullable Station... kept) throws IOException {
        try (DirectoryStream<Path> images = Files.newDirectoryStream(directory)) {
            for (Path image : images) {
                if (Arrays.stream(kept)
                        .noneMatch(station -> station != null && station.image().equals(image))) {
                    Files.delete(image);
                }
            }
        }
    }

    private Tally tally(Station at) {
        return tallies.computeIfAbsent(at.instruction(), instruction -> new Tally(at));
    }

    /** For how long the k-th run from each point has its timers held back, in nanoseconds of virtual time: up to a period. */
    private long hold(int k) {
        long instructions = 1 + Long.remainderUnsigned(Delays.splitmix64(run.failureInstruction() + k), period);
        return instructions << failure.coordinates().schedule().shift();
    }

    private boolean timeIsUp() {
        return System.nanoTime() - began > LONGEST.toNanos();
    }
}
