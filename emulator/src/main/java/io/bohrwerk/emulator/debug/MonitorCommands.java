package io.bohrwerk.emulator.debug;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.debug.IterationSearch.Place;
import io.bohrwerk.protocol.InvalidInputException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a user types after gdb's word {@code monitor}. Every answer ends with a newline. */
final class MonitorCommands {
    private static final String HELP = """
            monitor icount                 where you are, in instructions
            monitor goto ICOUNT            go to an instruction count
            monitor goto iteration N       go to where iteration N begins
            monitor goto failure           go to the end: where the machine stopped
            monitor goto start             go to the beginning
            monitor checkpoints            the states that going back starts from
            monitor info WHAT | x ...      asks QEMU's own monitor; try: monitor info registers
            After 'monitor goto' gdb still shows the old place, unless it was started with the command file, or you type:
            maintenance flush register-cache
            """;
    /** Of QEMU's monitor, what only looks. */
    private static final Set<String> LOOKING = Set.of("info", "x", "xp");

    private final Timeline timeline;
    private final Travel travel;

    MonitorCommands(Timeline timeline, Travel travel) {
        this.timeline = timeline;
        this.travel = travel;
    }

    /** @throws InvalidInputException when it is no such command */
    String run(String line, Budget budget) throws InfrastructureException {
        List<String> words = List.of(line.strip().split("\\s+"));
        switch (words.get(0)) {
            case "", "help" -> {
                return HELP;
            }
            case "icount" -> {
                return here() + "\n";
            }
            case "checkpoints" -> {
                return checkpoints();
            }
            case "goto" -> {
                return goTo(words.subList(1, words.size()), budget);
            }
            default -> {
                if (LOOKING.contains(words.get(0))) {
                    return timeline.current().human(line).replace("\r", "");
                }
                throw new InvalidInputException("monitor", line, "is no command; try: monitor help");
            }
        }
    }

    private String here() {
        return String.format(
                Locale.ROOT,
                "instruction %d, %d before the failure; recorded: %d to %d",
                travel.icount(),
                timeline.last() - travel.icount(),
                timeline.first(),
                timeline.last());
    }

    private String checkpoints() {
        StringBuilder text = new StringBuilder();
        for (DebuggedFailure.Snapshot one : timeline.checkpoints().all()) {
            text.append(one.icount())
                    .append(
                            timeline.checkpoints().isGiven(one)
                                    ? "  " + one.name() + ", came with the failure\n"
                                    : "  made on the way\n");
        }
        return text.toString();
    }

    private String goTo(List<String> words, Budget budget) throws InfrastructureException {
        String where = words.isEmpty() ? "" : words.get(0);
        if (words.size() == 2 && where.equals("iteration")) {
            return goToIteration(number("iteration", words.get(1)), budget);
        }
        if (words.size() != 1) {
            throw new InvalidInputException(
                    "goto", String.join(" ", words), "must be ICOUNT, iteration N, failure or start");
        }
        long icount = switch (where) {
            case "failure" -> timeline.failure().failing();
            case "start" -> timeline.first();
            default -> number("goto", where);
        };
        InvalidInputException.require(
                icount >= timeline.first() && icount <= timeline.last(),
                "goto",
                icount,
                "must be from " + timeline.first() + " to " + timeline.last());
        travel.goTo(icount, budget);
        return here() + "\n";
    }

    private String goToIteration(long iteration, Budget budget) throws InfrastructureException {
        Place place = new IterationSearch(timeline).before(iteration, budget);
        travel.goTo(place.icount(), budget);
        int every = timeline.failure().reportEvery();
        String where = place.reported() == 0 ? "the start" : "right after the report of iteration " + place.reported();
        String note = every == 1
                ? ""
                : "; the guest reports every " + every + " iterations, so iteration " + iteration + " is one of "
                        + (place.reported() + 1) + " to " + (place.reported() + every) + ", which begin here";
        return here() + "\n" + where + note + "\n";
    }

    private static long number(String field, String word) {
        try {
            return Long.parseLong(word);
        } catch (NumberFormatException e) {
            throw new InvalidInputException(field, word, "must be a number");
        }
    }
}
