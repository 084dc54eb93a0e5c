package io.bohrwerk.emulator.report;

import io.bohrwerk.protocol.Documents;
import io.bohrwerk.protocol.LinePattern;
import io.bohrwerk.protocol.target.PanicPattern;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** How kernels report their own trouble: the known ways (one resource for each kind of kernel), and what a target adds. */
public final class PanicPatterns {
    /** Of two kernels by whose marks a report can be read, it is the first one's: FreeBSD's debugger says some of what OpenBSD's does. */
    private static final List<String> RESOURCES = List.of(
            "patterns/linux.yaml",
            "patterns/netbsd.yaml",
            "patterns/freebsd.yaml",
            "patterns/openbsd.yaml",
            "patterns/xen.yaml");

    private static final List<Family> FAMILIES =
            RESOURCES.stream().flatMap(name -> read(name).stream()).toList();
    private static final PanicPatterns KNOWN = new PanicPatterns(List.of());

    private final Family added;
    /** What a target adds comes first, so that it can change what is said of a line. */
    private final List<Rule> rules = new ArrayList<>();
    /** Behind the rules' texts come those of the lines that stand in front of a report. */
    private final List<LinePattern> begins =
            FAMILIES.stream().flatMap(family -> family.begins().stream()).toList();

    private final Needles needles;

    private PanicPatterns(List<PanicPattern> more) {
        added = new Family(
                "any",
                false,
                all(Family::frames),
                new Skip(FAMILIES.stream().map(Family::skip).toList(), List.of()),
                new Skip(List.of()),
                new Skip(List.of()),
                Map.of(),
                List.of(),
                all(Family::ends),
                all(Family::others),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                false,
                List.of());
        more.forEach(pattern -> rules.add(new Rule(added, Known.added(pattern))));
        for (Family family : FAMILIES) {
            family.reports().forEach(known -> rules.add(new Rule(family, known)));
        }
        List<String> texts = new ArrayList<>();
        rules.forEach(rule -> texts.add(rule.known.line().needle()));
        begins.forEach(line -> texts.add(line.needle()));
        needles = new Needles(texts);
    }

    private static <T> List<T> all(Function<Family, List<T>> part) {
        return FAMILIES.stream().flatMap(family -> part.apply(family).stream()).toList();
    }

    /** The known ones. */
    public static PanicPatterns known() {
        return KNOWN;
    }

    /** The known ones and a target's. */
    public static PanicPatterns with(List<PanicPattern> added) {
        return added.isEmpty() ? KNOWN : new PanicPatterns(added);
    }

    /** A way, with the family it belongs to. */
    record Rule(Family family, Known known) {}

    /** A line that tells of trouble, and what its pattern kept. */
    record Found(Rule rule, Map<String, String> kept) {}

    /** What a line may match, whatever stands in front of it; empty for nearly every line. */
    BitSet candidates(String line) {
        return needles.in(line);
    }

    /**
     * How a line can be read, once for each family that knows it; one that a target has a pattern for in that way only. Empty when it tells
     * of no trouble.
     *
     * @param line without its prefix
     * @param candidates of the line
     */
    List<Found> find(String line, BitSet candidates) {
        List<Found> found = new ArrayList<>();
        Set<String> families = new HashSet<>();
        for (int i = candidates.nextSetBit(0); i >= 0 && i < rules.size(); i = candidates.nextSetBit(i + 1)) {
            Rule rule = rules.get(i);
            if (families.contains(rule.family.name())) {
                continue;
            }
            Optional<Map<String, String>> kept = rule.known.line().match(line);
            if (kept.isEmpty()) {
                continue;
            }
            families.add(rule.family.name());
            if (rule.known.kind() != PanicPattern.Kind.IGNORE) {
                found.add(new Found(rule, kept.get()));
            } else if (rule.family == added) {
                return List.of();
            }
            if (rule.family == added) {
                return found;
            }
        }
        return found;
    }

    /** Whether kernels put such a line in front of a report. */
    boolean begins(String line, BitSet candidates) {
        for (int i = candidates.nextSetBit(rules.size()); i >= 0; i = candidates.nextSetBit(i + 1)) {
            if (begins.get(i - rules.size()).matches(line)) {
                return true;
            }
        }
        return false;
    }

    private record Resource(List<Family> families) {}

    private static List<Family> read(String resource) {
        try (InputStream in =
                Objects.requireNonNull(PanicPatterns.class.getResourceAsStream(resource), "no " + resource)) {
            String yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Documents.fromYaml(yaml, Resource.class).families();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
