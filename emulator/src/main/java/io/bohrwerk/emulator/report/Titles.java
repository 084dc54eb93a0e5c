package io.bohrwerk.emulator.report;

import io.bohrwerk.protocol.batch.ReasonText;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Titles without what differs from run to run. */
final class Titles {
    /** Of a line, no more is looked at. */
    private static final int LONGEST = 800;
    /** What a pattern keeps under these names stands in the source: it is the same in every run, and tells bugs apart. */
    private static final Set<String> CONSTANT = Set.of("expression", "location", "constant");

    private static final Pattern NAME = Pattern.compile("\\{([a-z]+)}");
    /** What compilers put behind the name of a function that they cut up or specialise. */
    private static final Pattern CLONE = Pattern.compile("\\.(?:isra|constprop|part|cold|llvm)\\b[.0-9]*");

    private Titles() {}

    /**
     * The first title of which every name is known.
     *
     * @param line what it is when there is none
     */
    static String of(List<String> titles, Map<String, String> known, String line) {
        for (String title : titles) {
            Optional<String> filled = filled(title, known);
            if (filled.isPresent()) {
                return ReasonText.line(filled.get());
            }
        }
        return ReasonText.line(normal(line));
    }

    /** Those of which every name is known. */
    static List<String> all(List<String> titles, Map<String, String> known) {
        return titles.stream()
                .flatMap(title -> filled(title, known).stream())
                .map(ReasonText::line)
                .toList();
    }

    private static Optional<String> filled(String title, Map<String, String> known) {
        StringBuilder text = new StringBuilder();
        Matcher name = NAME.matcher(title);
        while (name.find()) {
            @Nullable String value = known.get(name.group(1));
            if (value == null || value.isBlank()) {
                return Optional.empty();
            }
            String shown = CONSTANT.contains(name.group(1)) ? value : normal(value);
            name.appendReplacement(text, Matcher.quoteReplacement(shown));
        }
        return Optional.of(name.appendTail(text).toString());
    }

    /** A function's name without what the compiler put behind it. */
    static String function(String name) {
        return CLONE.matcher(name).replaceAll("");
    }

    /** Without what differs from run to run. */
    private static String normal(String text) {
        String cut = text.substring(0, Math.min(text.length(), LONGEST));
        return ReasonText.withoutNumbers(CLONE.matcher(cut).replaceAll(""));
    }
}
