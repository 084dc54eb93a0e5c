package io.bohrwerk.emulator.report;

import io.bohrwerk.emulator.report.PanicPatterns.Found;
import io.bohrwerk.emulator.report.ReportScanner.Line;
import io.bohrwerk.protocol.LinePattern;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.target.PanicPattern;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A report that is being read, as one of a family's. */
final class Reading {
    private static final LinePattern DROPPED = LinePattern.parse("printk messages dropped");
    private static final String CUT = "cut at " + (ReportScanner.LONGEST >> 10) + " KiB";
    private static final LinePattern MODULE = LinePattern.parse("+0x*/0x* [");
    /** The name under which patterns keep a function of the stack. */
    private static final String FRAME = "frame";

    /** ddb breaks a line in front of column 80, or behind it. */
    private static final int LEAST_WRAPPED = 79;

    private static final int MOST_WRAPPED = 80;
    /** Characters that are read on behind those that are kept: the way into a recursion comes last. */
    private static final int LONGEST_READ = 256 << 10;
    /** Characters of a frame that goes over several lines. */
    private static final int LONGEST_FRAME = 1 << 10;

    private final Family family;
    private final Known known;
    private final Line first;
    private final Map<String, String> kept;
    private final Stack stack;
    private final StringBuilder text = new StringBuilder();
    private String wrapped = "";
    private boolean atFirst = true;
    private long end;
    private int read;
    private final long start;
    private boolean traced;
    private boolean aside;
    /** Whether what comes now is a stack that is known already. */
    private boolean repeated;

    /** How many of the lines behind which the stack comes are past. */
    private int moved;

    /** Whether the line before was one of the stack's. */
    private boolean inStack;

    private boolean over;
    /** Whether it is over by a line that ends reports, and not by another report. */
    private boolean ended;

    private boolean marked;
    private boolean proved;
    private String damage = "";

    /** @param before what the kernel had put in front of the first line */
    Reading(Found found, List<Line> before, Line first) {
        this.family = found.rule().family();
        this.known = found.rule().known();
        this.first = first;
        this.stack = new Stack(family, known);
        this.kept = new HashMap<>(found.kept());
        this.kept.replaceAll((name, value) -> Titles.function(value));
        this.proved = known.proof().isEmpty() && (!family.timed() || first.timed());
        this.start = before.isEmpty() ? first.start() : before.get(0).start();
        before.forEach(this::add);
        add(first);
        String where = kept.remove(FRAME);
        if (where != null) {
            stack.add(where, false, false, false);
        }
        if (Family.any(family.marks(), first.body())) {
            marked = true;
            proved |= known.proof().isEmpty();
        }
    }

    boolean isOf(Family other) {
        return family == other;
    }

    boolean isOver() {
        return over;
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
        boolean mine = known.kind() == PanicPattern.Kind.STALL
                || first.by() == null
                || line.by() == null
                || first.by().equals(line.by());
        if (family.timed() && !mine) {
            return; // another processor's, or another task's
        }
        if (another && !(known.swallows() && !traced)) {
            over = true;
            if (known.stack() && !traced) {
                damage("another report begins in it");
            }
            return;
        }
        if (traced && Family.any(family.others(), line.body())) {
            over = true;
            return;
        }
        add(line);
        if (mine) {
            learn(line);
        }
        if (Family.any(family.ends(), line.body()) || stack.isNamed() && Family.any(family.prompts(), line.body())) {
            over = true;
            ended = true;
        }
    }

    /** Takes from a later line of the report what its title needs. */
    private void learn(Line next) {
        String line = next.body();
        if (atFirst) {
            kept.put("next", line);
            atFirst = false;
        }
        if (Family.any(family.marks(), line)) {
            marked = true;
        }
        // An unstamped first line was a program's: stamped lines behind it prove nothing.
        boolean proves = next.timed() == first.timed() && Family.any(known.proof(), line);
        if (known.proof().isEmpty() ? marked : proves) {
            proved = true;
        }
        if (stack.isNamed() && Family.any(family.repeats(), line)) {
            repeated = true;
        }
        if (Family.any(family.asides(), line)) {
            aside = true;
        } else if (Family.any(family.backs(), line)) {
            aside = false;
        }
        for (int i = moved; i < known.from().size(); i++) {
            if (known.from().get(i).matches(line)) {
                moved = i + 1;
                aside = false;
                stack.forget();
            }
        }
        for (LinePattern pattern : known.also()) {
            pattern.match(line).ifPresent(found -> {
                String where = found.remove(FRAME);
                if (where != null) {
                    stack.add(Titles.function(where), false, false, false);
                }
                found.forEach((name, value) -> kept.putIfAbsent(name, Titles.function(value)));
            });
        }
        String body = wrapped + line;
        inStack = false;
        for (LinePattern pattern : family.frames()) {
            Optional<Map<String, String>> found = pattern.match(body);
            if (found.isPresent()) {
                traced = true;
                inStack = true;
                if (!aside && !repeated) {
                    stack.add(
                            Titles.function(found.get().getOrDefault(FRAME, "")),
                            MODULE.matches(body),
                            true,
                            body.contains("RIP: "));
                }
                break;
            }
        }
        boolean wraps = family.wraps() && line.length() >= LEAST_WRAPPED && line.length() <= MOST_WRAPPED;
        wrapped = wraps && body.length() <= LONGEST_FRAME ? body : "";
    }

    private void add(Line line) {
        read += line.text().length();
        if (text.length() + line.text().length() < ReportScanner.LONGEST && read < ReportScanner.LONGEST) {
            text.append(line.text()).append('\n');
            end = line.end();
            return;
        }
        // Cutting behind the stack loses nothing that names the bug. The stack of a recursion is read on.
        if (!stack.isNamed()) {
            damage(CUT);
        }
        if (read >= LONGEST_READ) {
            if (inStack) {
                damage(CUT);
            }
            over = true;
        }
    }

    private void damage(String why) {
        if (damage.isEmpty()) {
            damage = why;
        }
    }

    /** Whether this may turn out not to be a report; a certain one then takes its place. */
    boolean isTentative() {
        return !proved && !known.proof().isEmpty();
    }

    /** How many lines to wait for a proof. */
    int patience() {
        return known.within();
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
        Map<String, String> names = new HashMap<>(kept);
        String named = stack.name();
        if (named != null) {
            names.put(FRAME, named);
        }
        @Nullable String missing = known.stack() && !traced ? "no stack in it" : null;
        return new KernelReport(
                Titles.of(known.titles(), names, first.body()),
                known.kind() == PanicPattern.Kind.STALL ? Outcome.HUNG : Outcome.PANICKED,
                first.text(),
                known.line().toString(),
                start,
                end,
                text.toString(),
                damage.isEmpty() && missing != null ? missing : damage,
                known.deadly(),
                !known.deadly() || traced || ended,
                Titles.all(known.alternatives(), names),
                stack.top(ReportScanner.MOST_FRAMES));
    }
}
