package io.bohrwerk.emulator.report;

import io.bohrwerk.emulator.report.PanicPatterns.Found;
import io.bohrwerk.protocol.LinePattern;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.target.PanicPattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks at one console, line by line, for a kernel that tells of its trouble, and cuts out what it tells. Memory is bounded whatever is
 * printed. Safe for a thread that reads and another that asks.
 */
public final class ReportScanner {
    /** Characters of a report. The longest of Linux's with a stack and two allocation traces take 8 to 12 KiB. */
    static final int LONGEST = 32 << 10;
    /** The top of a stack tells bugs apart; what is further out is alike in all. */
    static final int MOST_FRAMES = 8;

    /**
     * What stands in front of a kernel's line: a time, and on Linux the syslog level before and the task or processor behind it (group
     * 1). A program may have printed half a line just before.
     */
    private static final Pattern PREFIX =
            Pattern.compile("(?:<[0-9]{1,3}>)?\\[ {0,12}[0-9]{1,12}\\.[0-9]{6,9}](?:\\[ {0,8}([CT][0-9]{1,10})])? ");

    private static final LinePattern DROPPED = LinePattern.parse("printk messages dropped");

    private final PanicPatterns patterns;
    private @Nullable Report report;

    public ReportScanner(PanicPatterns patterns) {
        this.patterns = patterns;
    }

    /** A report that is being read. */
    private static final class Report {
        final Found found;
        final String body;
        final String line;
        final long start;
        final boolean timed;
        final @Nullable String by;
        final Map<String, String> known;
        final List<String> frames = new ArrayList<>();
        final StringBuilder text = new StringBuilder();
        long end;
        boolean stack;
        boolean over;
        String damage = "";

        Report(Found found, String body, String line, long start, boolean timed, @Nullable String by) {
            this.found = found;
            this.body = body;
            this.line = line;
            this.start = start;
            this.timed = timed;
            this.by = by;
            this.known = new HashMap<>(found.kept());
            this.known.replaceAll((name, value) -> Titles.function(value));
        }
    }

    /**
     * Takes the console's next line.
     *
     * @param start where it begins, in bytes from the console's beginning
     * @param end behind it
     * @return whether a report begins with it
     */
    public synchronized boolean take(String line, long start, long end) {
        Matcher prefix = PREFIX.matcher(line);
        boolean timed = prefix.find();
        String body = timed ? line.substring(prefix.end()) : line;
        @Nullable String by = timed ? prefix.group(1) : null;
        Report current = report;
        if (current == null) {
            Optional<Found> found = patterns.find(body);
            if (found.isEmpty()) {
                return false;
            }
            report = new Report(found.get(), body, line, start, timed, by);
            add(report, line, end);
            return true;
        }
        if (!current.over) {
            follow(current, line, body, end, timed, by);
        }
        return false;
    }

    private void follow(Report current, String line, String body, long end, boolean timed, @Nullable String by) {
        if (DROPPED.matches(body)) {
            damage(current, "the kernel dropped messages in it");
        }
        PanicPatterns.Family family = current.found.rule().family();
        if (family.timed() && current.timed && !timed) {
            return; // a program's words
        }
        Optional<Found> other = patterns.find(body);
        if (other.isPresent() && !other.get().rule().known().inside()) {
            current.over = true;
            if (current.found.rule().known().stack() && !current.stack) {
                damage(current, "another report begins in it");
            }
            return;
        }
        if (current.stack && family.beginsAnother(body)) {
            current.over = true;
            return;
        }
        add(current, line, end);
        if (current.by == null || current.by.equals(by)) {
            learn(current, body);
        }
        if (family.ends(body)) {
            current.over = true;
        }
    }

    /** Takes from a later line of the report what its title needs. */
    private static void learn(Report current, String body) {
        PanicPatterns.Family family = current.found.rule().family();
        for (LinePattern pattern : current.found.rule().known().also()) {
            pattern.match(body)
                    .ifPresent(kept ->
                            kept.forEach((name, value) -> current.known.putIfAbsent(name, Titles.function(value))));
        }
        for (LinePattern pattern : family.frames()) {
            Optional<Map<String, String>> kept = pattern.match(body);
            if (kept.isPresent()) {
                current.stack = true;
                String function = Titles.function(kept.get().getOrDefault("frame", ""));
                if (!family.skips(function)) {
                    current.known.putIfAbsent("frame", function);
                    if (current.frames.size() < MOST_FRAMES && !repeats(current.frames, function)) {
                        current.frames.add(function);
                    }
                }
                return;
            }
        }
    }

    /** Registers name the function once more that the stack begins with. */
    private static boolean repeats(List<String> frames, String function) {
        return !frames.isEmpty() && frames.get(frames.size() - 1).equals(function);
    }

    private static void add(Report current, String line, long end) {
        if (current.text.length() + line.length() >= LONGEST) {
            damage(current, "cut at " + (LONGEST >> 10) + " KiB");
            current.over = true;
            return;
        }
        current.text.append(line).append('\n');
        current.end = end;
    }

    private static void damage(Report current, String why) {
        if (current.damage.isEmpty()) {
            current.damage = why;
        }
    }

    /** The first report, as far as it has been printed; empty when there is none. */
    public synchronized Optional<KernelReport> report() {
        Report current = report;
        if (current == null) {
            return Optional.empty();
        }
        PanicPatterns.Known known = current.found.rule().known();
        String damage = current.damage.isEmpty() && known.stack() && !current.stack ? "no stack in it" : current.damage;
        return Optional.of(new KernelReport(
                Titles.of(known.titles(), current.known, current.body),
                known.kind() == PanicPattern.Kind.STALL ? Outcome.HUNG : Outcome.PANICKED,
                current.line,
                current.start,
                current.end,
                current.text.toString(),
                damage,
                known.deadly(),
                !known.deadly() || current.stack || current.over,
                Titles.all(known.alternatives(), current.known),
                List.copyOf(current.frames)));
    }

    /** Forgets the report that was found, and looks for the next. */
    public synchronized void dismiss() {
        report = null;
    }
}
