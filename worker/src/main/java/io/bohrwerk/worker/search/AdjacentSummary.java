package io.bohrwerk.worker.search;

import io.bohrwerk.mergedlog.divergence.Adjacent;
import io.bohrwerk.mergedlog.divergence.Arrival;
import java.util.List;
import java.util.Optional;

/** What a window of failing delays says, in one sentence. */
final class AdjacentSummary {
    private AdjacentSummary() {}

    static String of(Adjacent.Window window) {
        Integer vector = window.vector();
        List<Arrival> fatal = window.places().stream()
                .filter(Adjacent.Place::fails)
                .flatMap(place -> Optional.ofNullable(place.arrival()).stream())
                .sorted((a, b) -> a.ip().compareTo(b.ip()))
                .toList();
        String delays = window.failsFrom() == window.failsTo()
                ? "with a delay of " + window.failsFrom()
                : "with delays of " + window.failsFrom() + " to " + window.failsTo();
        if (vector == null || fatal.isEmpty()) {
            return "fails " + delays + " instructions after a timer interrupt, and passes with one less or more; "
                    + window.divergence().summary();
        }
        Arrival first = fatal.get(0);
        Arrival last = fatal.get(fatal.size() - 1);
        String where = first.ip().equals(last.ip())
                ? "at " + address(first)
                : "between " + address(first) + " and " + address(last);
        String in =
                function(first).equals(function(last)) ? function(first) : function(first) + " and " + function(last);
        return "fails when vector " + first.vectorText() + " arrives " + where + (in.isEmpty() ? "" : ", in " + in)
                + " (" + delays + " instructions)";
    }

    private static String address(Arrival arrival) {
        String digits = arrival.ip().replaceFirst("^0+(?=.)", "");
        return "0x" + digits;
    }

    private static String function(Arrival arrival) {
        String symbol = arrival.symbol();
        return symbol == null ? "" : symbol.replaceFirst("\\+0x[0-9a-f]+$", "");
    }
}
