package io.bohrwerk.emulator.report;

import static io.bohrwerk.protocol.InvalidInputException.present;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.bohrwerk.protocol.Documents;
import io.bohrwerk.protocol.LinePattern;
import io.bohrwerk.protocol.target.PanicPattern;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How kernels report their own trouble: the known ways (one resource for each kind of kernel), and what a target adds. */
public final class PanicPatterns {
    /** Of two kernels by whose marks a report can be read, it is the first one's: FreeBSD's debugger says some of what OpenBSD's does. */
    private static final List<String> RESOURCES = List.of(
            "patterns/linux.yaml",
            "patterns/netbsd.yaml",
            "patterns/freebsd.yaml",
            "patterns/openbsd.yaml",
            "patterns/xen.yaml");

    private static final List<Family> KNOWN =
            RESOURCES.stream().flatMap(name -> read(name).stream()).toList();

    /** What a target adds comes first, so that it can change what is said of a line. */
    private final List<Rule> rules = new ArrayList<>();

    private final Family added;

    private PanicPatterns(List<PanicPattern> more) {
        added = new Family(
                "any",
                false,
                KNOWN.stream().flatMap(family -> family.frames.stream()).toList(),
                KNOWN.stream().flatMap(family -> family.skip.stream()).toList(),
                KNOWN.stream().flatMap(family -> family.ends.stream()).toList(),
                KNOWN.stream().flatMap(family -> family.others.stream()).toList(),
                List.of(),
                List.of(),
                false,
                List.of());
        for (PanicPattern pattern : more) {
            List<String> titles = pattern.title().isEmpty() ? List.of() : List.of(pattern.title());
            rules.add(new Rule(
                    added,
                    new Known(
                            pattern.line(),
                            List.of(),
                            titles,
                            List.of(),
                            pattern.kind(),
                            false,
                            false,
                            false,
                            List.of())));
        }
        for (Family family : KNOWN) {
            for (Known known : family.reports) {
                rules.add(new Rule(family, known));
            }
        }
    }

    /** The known ones. */
    public static PanicPatterns known() {
        return with(List.of());
    }

    /** The known ones and a target's. */
    public static PanicPatterns with(List<PanicPattern> added) {
        return new PanicPatterns(added);
    }

    /**
     * A family of kernels.
     *
     * @param timed whether all lines of the kernel's have a time stamp when the first has one: then those without are a program's
     * @param frames lines of a stack, each with the function as {@code {frame}}; the first that is not skipped is what went wrong
     * @param skip functions that say nothing: those that report, and those in which everybody waits. A {@code *} ends a prefix
     * @param ends lines with which a report is over
     * @param others lines with which something else begins, once there has been a stack
     * @param prompts a debugger's: the report is over with the first one after a function that is not skipped
     * @param marks lines of reports that no other kernel prints: they tell which kernel it is when several begin a report alike
     * @param wraps whether the debugger breaks lines of stacks at 80 columns
     */
    record Family(
            String name,
            boolean timed,
            List<LinePattern> frames,
            List<String> skip,
            List<LinePattern> ends,
            List<LinePattern> others,
            List<LinePattern> prompts,
            List<LinePattern> marks,
            boolean wraps,
            List<Known> reports) {
        @JsonCreator
        static Family of(
                String name,
                boolean timed,
                List<LinePattern> frames,
                List<String> skip,
                @Nullable List<LinePattern> ends,
                @Nullable List<LinePattern> others,
                @Nullable List<LinePattern> prompts,
                @Nullable List<LinePattern> marks,
                @Nullable Boolean wraps,
                List<Known> reports) {
            return new Family(
                    name,
                    timed,
                    frames,
                    skip,
                    ends == null ? List.of() : ends,
                    others == null ? List.of() : others,
                    prompts == null ? List.of() : prompts,
                    marks == null ? List.of() : marks,
                    Boolean.TRUE.equals(wraps),
                    reports);
        }

        Family {
            present(name, "name");
            frames = List.copyOf(present(frames, "frames"));
            skip = List.copyOf(present(skip, "skip"));
            ends = List.copyOf(present(ends, "ends"));
            reports = List.copyOf(present(reports, "reports"));
            others = List.copyOf(present(others, "others"));
            prompts = List.copyOf(present(prompts, "prompts"));
            marks = List.copyOf(present(marks, "marks"));
        }

        boolean ends(String line) {
            return ends.stream().anyMatch(pattern -> pattern.matches(line));
        }

        boolean beginsAnother(String line) {
            return others.stream().anyMatch(pattern -> pattern.matches(line));
        }

        boolean isPrompt(String line) {
            return prompts.stream().anyMatch(pattern -> pattern.matches(line));
        }

        boolean isMarkedBy(String line) {
            return marks.stream().anyMatch(pattern -> pattern.matches(line));
        }

        boolean skips(String function) {
            return skip.stream()
                    .anyMatch(name -> name.endsWith("*")
                            ? function.startsWith(name.substring(0, name.length() - 1))
                            : function.equals(name));
        }
    }

    /**
     * One way of telling of trouble.
     *
     * @param line the report's first
     * @param also later lines of the report, for what the title needs
     * @param titles the first of which all names are known is taken; without any it is the line itself
     * @param alternatives titles that reports of the same bug may have, whichever way it is told of
     * @param stack whether a report without a stack is damaged
     * @param deadly see {@link KernelReport#deadly}
     * @param inside whether it comes in the middle of other reports, too, and is a part of them then
     * @param proof later lines without one of which it was no report: programs and people print the first line, too
     */
    record Known(
            LinePattern line,
            List<LinePattern> also,
            List<String> titles,
            List<String> alternatives,
            PanicPattern.Kind kind,
            boolean stack,
            boolean deadly,
            boolean inside,
            List<LinePattern> proof) {
        @JsonCreator
        static Known of(
                LinePattern line,
                @Nullable List<LinePattern> also,
                @Nullable List<String> titles,
                @Nullable List<String> alternatives,
                PanicPattern.@Nullable Kind kind,
                @Nullable Boolean stack,
                @Nullable Boolean deadly,
                @Nullable Boolean inside,
                @Nullable List<LinePattern> proof) {
            return new Known(
                    present(line, "line"),
                    also == null ? List.of() : List.copyOf(also),
                    titles == null ? List.of() : List.copyOf(titles),
                    alternatives == null ? List.of() : List.copyOf(alternatives),
                    kind == null ? PanicPattern.Kind.PANIC : kind,
                    Boolean.TRUE.equals(stack),
                    Boolean.TRUE.equals(deadly),
                    Boolean.TRUE.equals(inside),
                    proof == null ? List.of() : List.copyOf(proof));
        }

        boolean isProvedBy(String line) {
            return proof.stream().anyMatch(pattern -> pattern.matches(line));
        }
    }

    /** A way, with the family it belongs to. */
    record Rule(Family family, Known known) {}

    /** A line that tells of trouble, and what its pattern kept. */
    record Found(Rule rule, Map<String, String> kept) {}

    /**
     * How a line can be read, once for each family that knows it; one that a target has a pattern for in that way only. Empty when it tells
     * of no trouble.
     *
     * @param line without its prefix
     */
    List<Found> find(String line) {
        List<Found> found = new ArrayList<>();
        Set<String> families = new HashSet<>();
        for (Rule rule : rules) {
            if (families.contains(rule.family.name)) {
                continue;
            }
            Optional<Map<String, String>> kept = rule.known.line.match(line);
            if (kept.isEmpty()) {
                continue;
            }
            if (rule.known.kind == PanicPattern.Kind.IGNORE) {
                return found;
            }
            found.add(new Found(rule, kept.get()));
            families.add(rule.family.name);
            if (rule.family == added) {
                return found;
            }
        }
        return found;
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
