package io.bohrwerk.api.signature;

import io.bohrwerk.protocol.batch.Outcome;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What makes two failures the same crash: the outcome, and the reason without what differs from run to run.
 *
 * @param key one crash per key
 * @param title the same for people
 */
public record Signature(String key, String title) {
    /** Long enough for any line that a kernel prints about itself; keeps a flood from becoming a title. */
    private static final int LONGEST_REASON = 200;

    private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Cntrl}]+");
    /** {@code 0xffffffff81000000}, and bare addresses: at least eight hexadecimal digits with a digit among them. */
    private static final Pattern ADDRESS =
            Pattern.compile("\\b0[xX][0-9a-fA-F]+\\b|\\b(?=[0-9a-fA-F]*[0-9])[0-9a-fA-F]{8,}\\b");

    private static final Pattern NUMBER = Pattern.compile("(?<![A-Za-z0-9_])[0-9]+");

    public static Signature of(Outcome outcome, String reason) {
        String normal = normalised(reason);
        String title = title(outcome, normal);
        return new Signature(outcome + " " + normal, title);
    }

    /** Of a kernel's own report, by the title that it was given: that is normal already, and its numbers belong to names. */
    public static Signature ofReport(Outcome outcome, String report) {
        String cut = cut(BLANKS.matcher(report).replaceAll(" ").strip());
        return new Signature(outcome + " " + cut, title(outcome, cut));
    }

    /** Of reports that are not whole: one group for all, as nobody knows what they would have said. */
    public static Signature ofDamaged(Outcome outcome) {
        return new Signature(outcome + " (report not whole)", title(outcome) + ": reports that are not whole");
    }

    /** The key of another title that a kernel's report could have had. */
    public static String alternative(Outcome outcome, String title) {
        return ofReport(outcome, title).key();
    }

    /** As the key begins with it. */
    public Outcome outcome() {
        return Outcome.valueOf(key.substring(0, key.indexOf(' ')));
    }

    /** The signature with a key that one of these methods made. */
    public static Signature ofKey(String key) {
        int end = key.indexOf(' ');
        Outcome outcome = Outcome.valueOf(key.substring(0, end));
        String rest = key.substring(end + 1);
        return new Signature(key, title(outcome, rest));
    }

    private static String normalised(String reason) {
        String line = BLANKS.matcher(reason).replaceAll(" ").strip();
        return cut(NUMBER.matcher(ADDRESS.matcher(line).replaceAll("ADDR")).replaceAll("N"));
    }

    private static String cut(String normal) {
        if (normal.length() <= LONGEST_REASON) {
            return normal;
        }
        int end = Character.isHighSurrogate(normal.charAt(LONGEST_REASON - 1)) ? LONGEST_REASON - 1 : LONGEST_REASON;
        return normal.substring(0, end);
    }

    /** A reason that begins with the outcome's own word ("panic: ..", "failed: ..") says it by itself. */
    private static String title(Outcome outcome, String reason) {
        String word = outcome == Outcome.PANICKED ? "panic" : outcome.name().toLowerCase(Locale.ROOT);
        if (reason.toLowerCase(Locale.ROOT).startsWith(word + ":")) {
            return Character.toUpperCase(reason.charAt(0)) + reason.substring(1);
        }
        return title(outcome) + (reason.isEmpty() ? "" : ": " + reason);
    }

    private static String title(Outcome outcome) {
        String word = outcome.name().toLowerCase(Locale.ROOT);
        return Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }
}
