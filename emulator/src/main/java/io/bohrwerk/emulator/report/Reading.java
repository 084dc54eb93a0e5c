package io.bohrwerk.emulator.report;

import io.bohrwerk.emulator.report.PanicPatterns.Family;
import io.bohrwerk.emulator.report.PanicPatterns.Found;
import io.bohrwerk.emulator.report.PanicPatterns.Known;
import io.bohrwerk.emulator.report.ReportScanner.Line;
import io.bohrwerk.protocol.LinePattern;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.target.PanicPattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A report that is being read, as one of a family's. */
final class Reading {
    private static final LinePattern DROPPED = LinePattern.parse("printk messages dropped");
    /** ddb breaks a line in front of column 80, or behind it. */
    private static final int LEAST_WRAPPED = 79;

    private static final int MOST_WRAPPED = 80;
    /** Characters of a frame that goes over several lines. */
    private static final int LONGEST_FRAME = 1 << 10;

    private final Family family;
    private final Known known;
    private final Line first;
    private final Map<String, String> kept;
    private final List<String> frames = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private String wrapped = "";
    private boolean atFirst = true;
    private long end;
    private boolean stack;
    private boolean over;
    private boolean marked;
    private boolean proved;
    private String damage = "";

    Reading(Found found, Line first) {
        this.family = found.rule().family();
        this.known = found.rule().known();
        this.first = first;
        this.kept = new HashMap<>(found.kept());
        this.kept.replaceAll((name, value) -> Titles.function(value));
        this.proved = known.proof().isEmpty();
        this.marked = family.isMarkedBy(first.body());
        add(first);
    }

    /** @param another whether another report begins with the line */
    void follow(Line line, boolean another) {
        if (over) {
            return;
        }
        if (DROPPED.matches(line.body())) {
            damage("the kernel dropped messages in it");
        }
        if (family.timed() && first.timed() && !line.timed()) {
            return; // a program's words
        }
        if (another) {
            over = true;
            if (known.stack() && !stack) {
                damage("another report begins in it");
            }
            return;
        }
        if (stack && family.beginsAnother(line.body())) {
            over = true;
            return;
        }
        add(line);
        if (first.by() == null || first.by().equals(line.by())) {
            learn(line.body());
        }
        if (family.ends(line.body()) || !frames.isEmpty() && family.isPrompt(line.body())) {
            over = true;
        }
    }

    /** Takes from a later line of the report what its title needs. */
    private void learn(String line) {
        if (atFirst) {
            kept.put("next", line);
            atFirst = false;
        }
        proved |= known.isProvedBy(line);
        marked |= family.isMarkedBy(line);
        for (LinePattern pattern : known.also()) {
            pattern.match(line)
                    .ifPresent(found -> found.forEach((name, value) -> kept.putIfAbsent(name, Titles.function(value))));
        }
        String body = wrapped + line;
        for (LinePattern pattern : family.frames()) {
            Optional<Map<String, String>> found = pattern.match(body);
            if (found.isPresent()) {
                stack = true;
                enter(Titles.function(found.get().getOrDefault("frame", "")));
                break;
            }
        }
        boolean wraps = family.wraps() && line.length() >= LEAST_WRAPPED && line.length() <= MOST_WRAPPED;
        wrapped = wraps && body.length() <= LONGEST_FRAME ? body : "";
    }

    private void enter(String function) {
        if (family.skips(function)) {
            return;
        }
        kept.putIfAbsent("frame", function);
        // Registers name the function once more that the stack begins with.
        boolean repeats = !frames.isEmpty() && frames.get(frames.size() - 1).equals(function);
        if (frames.size() < ReportScanner.MOST_FRAMES && !repeats) {
            frames.add(function);
        }
    }

    private void add(Line line) {
        if (text.length() + line.text().length() >= ReportScanner.LONGEST) {
            damage("cut at " + (ReportScanner.LONGEST >> 10) + " KiB");
            over = true;
            return;
        }
        text.append(line.text()).append('\n');
        end = line.end();
    }

    private void damage(String why) {
        if (damage.isEmpty()) {
            damage = why;
        }
    }

    /** Whether it is a report at all. */
    boolean isProved() {
        return proved;
    }

    /** Whether only a kernel of this family can have printed it. */
    boolean isMarked() {
        return marked;
    }

    KernelReport report() {
        @Nullable String missing = known.stack() && !stack ? "no stack in it" : null;
        return new KernelReport(
                Titles.of(known.titles(), kept, first.body()),
                known.kind() == PanicPattern.Kind.STALL ? Outcome.HUNG : Outcome.PANICKED,
                first.text(),
                first.start(),
                end,
                text.toString(),
                damage.isEmpty() && missing != null ? missing : damage,
                known.deadly(),
                !known.deadly() || stack || over,
                Titles.all(known.alternatives(), kept),
                List.copyOf(frames));
    }
}
