package io.bohrwerk.emulator.report;

import io.bohrwerk.emulator.report.PanicPatterns.Found;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
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
    /** Lines of a warning's own words, behind the line to cut along. */
    private static final int MOST_BEFORE = 8;

    private static final String STAMP =
            "(?:<[0-9]{1,3}>)?\\[ {0,12}[0-9]{1,12}\\.[0-9]{6,9}](?:\\[ {0,8}([CT][0-9]{1,10})])? ";

    /**
     * What stands in front of a kernel's line: a time, and on Linux the syslog level before and the task or processor behind it (groups 1
     * and 2). A program may have printed half a line just before. A syslog daemon puts its own words in front, and may leave out the
     * kernel's.
     */
    private static final Pattern PREFIX = Pattern.compile(
            "^(?:[A-Z][a-z]{2} [ 0-3][0-9] [0-9:]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.,+Z-]{8,24}) [^ ]{1,64} kernel: (?:"
                    + STAMP + ")?|" + STAMP);

    /** In front of Xen's lines, which share the console with those of its first domain; with or without a date or time. */
    private static final Pattern XEN = Pattern.compile("^(?:\\[[^]]{1,40}] )?\\(XEN\\) (?:\\[[^]]{1,40}] ?)?");

    /** What waits for input may have printed this just before the kernel spoke. */
    private static final Pattern PROMPT =
            Pattern.compile("^(?:[A-Za-z0-9._-]{0,64} ?login: |Password: ?|[A-Za-z0-9_.@:~/-]{0,64}[#$%>] )+");

    private final PanicPatterns patterns;
    /** What was found, as it reads to each kind of kernel that begins a report like this; empty when nothing was. */
    private List<Reading> readings = List.of();

    /** What a kernel put in front of a report that has not begun yet: a line to cut along, and what the report is about. */
    private final List<Line> before = new ArrayList<>();

    private int unproved;
    private boolean over;

    public ReportScanner(PanicPatterns patterns) {
        this.patterns = patterns;
    }

    /**
     * A console's line.
     *
     * @param body without what stands in front of it
     * @param start of {@code text}, in bytes from the console's beginning
     * @param timed whether a kernel's mark stands in front of it
     * @param by the task or processor that printed it, where the kernel says so; {@code XEN} for a hypervisor's
     */
    record Line(
            String text,
            String body,
            long start,
            long end,
            boolean timed,
            @Nullable String by) {
        /** A carriage return goes back to the line's begin: the BSDs end a line with LF CR, so theirs begin with one. */
        static Line of(String printed, long start, long end) {
            int from = printed.lastIndexOf('\r') + 1;
            String text = printed.substring(from);
            long at = start + bytes(printed, from);
            Matcher xen = XEN.matcher(text);
            if (xen.find()) {
                return new Line(text, text.substring(xen.end()), at, end, true, "XEN");
            }
            Matcher prefix = PREFIX.matcher(text);
            return prefix.find()
                    ? new Line(text, text.substring(prefix.end()), at, end, true, by(prefix))
                    : new Line(text, text, at, end, false, null);
        }

        private static @Nullable String by(Matcher prefix) {
            return prefix.group(1) == null ? prefix.group(2) : prefix.group(1);
        }

        /** Without what a program had printed on the same line before, where that can be told. */
        Line alone() {
            Matcher prefix = PREFIX.matcher(text);
            if (prefix.find()) {
                return prefix.start() > 0 ? from(prefix.start()) : this;
            }
            Matcher prompt = PROMPT.matcher(text);
            return prompt.find() ? from(prompt.end()) : this;
        }

        private Line from(int index) {
            return of(text.substring(index), start + bytes(text, index), end);
        }

        private static int bytes(String text, int end) {
            return text.substring(0, end).getBytes(StandardCharsets.UTF_8).length;
        }
    }

    /**
     * Takes the console's next line.
     *
     * @param printed the line, without its end
     * @param first where it begins, in bytes from the console's beginning
     * @param end behind it
     * @return whether a report is known to have begun by it, which is with its first line unless that one needs proof
     */
    public synchronized boolean take(String printed, long first, long end) {
        if (over) {
            return false;
        }
        String line = printed;
        long start = first;
        if (printed.indexOf('\0') >= 0) {
            // A serial port being set up or reset inserts NULs; leading ones are not part of the kernel's line.
            while (start - first < printed.length() && printed.charAt((int) (start - first)) == '\0') {
                start++;
            }
            line = printed.replace("\0", "");
        }
        BitSet candidates = patterns.candidates(line);
        if (readings.isEmpty() && before.isEmpty() && candidates.isEmpty()) {
            return false;
        }
        Line next = Line.of(line, start, end);
        if (isProved()) {
            follow(next, candidates);
            return false;
        }
        if (!readings.isEmpty()) {
            follow(next, candidates);
            if (isProved()) {
                return true;
            }
            unproved++;
            if (readings.stream().allMatch(reading -> unproved > reading.patience())) {
                readings = List.of();
            }
        }
        if (candidates.isEmpty()) {
            front(next, false);
            return false;
        }
        Line cut = next.alone();
        List<Found> found = patterns.find(cut.body(), candidates);
        boolean inside = found.stream()
                .allMatch(each -> each.rule().known().inside()
                        && readings.stream()
                                .anyMatch(reading -> !reading.isTentative()
                                        && reading.isOf(each.rule().family())));
        if (!found.isEmpty() && !inside) {
            unproved = 0;
            List<Line> front = List.copyOf(before);
            readings = found.stream().map(each -> new Reading(each, front, cut)).toList();
            before.clear();
            return isProved();
        }
        front(cut, patterns.begins(cut.body(), candidates));
        return false;
    }

    /** Keeps what stands in front of a report until the report begins. */
    private void front(Line line, boolean begins) {
        if (begins) {
            before.clear();
            before.add(line);
        } else if (!before.isEmpty() && before.get(0).timed() == line.timed()) {
            @Nullable String by = before.get(0).by();
            if (by == null || by.equals(line.by())) {
                before.add(line);
            }
            if (before.size() > MOST_BEFORE) {
                before.clear();
            }
        }
    }

    private void follow(Line line, BitSet candidates) {
        boolean another = !candidates.isEmpty()
                && patterns.find(line.body(), candidates).stream()
                        .anyMatch(found -> !found.rule().known().inside());
        readings.forEach(reading -> reading.follow(line, another));
        over = isProved() && readings.stream().allMatch(Reading::isOver);
    }

    private boolean isProved() {
        return readings.stream().anyMatch(Reading::isProved);
    }

    /** The first report, as far as it has been printed; empty when there is none. */
    public synchronized Optional<KernelReport> report() {
        List<Reading> proved = readings.stream().filter(Reading::isProved).toList();
        return proved.stream()
                .filter(Reading::isMarked)
                .findFirst()
                .or(() -> proved.stream().findFirst())
                .map(Reading::report);
    }

    /** Whether the report has been printed to its end. */
    public synchronized boolean complete() {
        return over;
    }

    /** Forgets the report that was found, and looks for the next. */
    public synchronized void dismiss() {
        over = false;
        readings = List.of();
    }
}
