package io.bohrwerk.emulator.report;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Names of functions; a {@code *} in one stands for any text. */
final class Skip {
    private final Set<String> exact = new HashSet<>();
    private final List<String> prefixes = new ArrayList<>();
    private final List<String> suffixes = new ArrayList<>();
    private final List<String> parts = new ArrayList<>();
    private final List<Pattern> globs = new ArrayList<>();

    Skip(List<String> names) {
        for (String name : names) {
            boolean before = name.startsWith("*");
            boolean behind = name.endsWith("*");
            String text = name.substring(before ? 1 : 0, name.length() - (behind ? 1 : 0));
            if (text.contains("*")) {
                globs.add(Pattern.compile(Pattern.quote(name).replace("*", "\\E.*\\Q")));
            } else if (before && behind) {
                parts.add(text);
            } else if (before) {
                suffixes.add(text);
            } else if (behind) {
                prefixes.add(text);
            } else {
                exact.add(text);
            }
        }
    }

    /** Those of others, and more. */
    Skip(List<Skip> others, List<String> names) {
        this(names);
        for (Skip other : others) {
            exact.addAll(other.exact);
            prefixes.addAll(other.prefixes);
            suffixes.addAll(other.suffixes);
            parts.addAll(other.parts);
            globs.addAll(other.globs);
        }
    }

    boolean has(String function) {
        return exact.contains(function)
                || prefixes.stream().anyMatch(function::startsWith)
                || suffixes.stream().anyMatch(function::endsWith)
                || parts.stream().anyMatch(function::contains)
                || globs.stream().anyMatch(glob -> glob.matcher(function).matches());
    }
}
