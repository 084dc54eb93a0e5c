package io.bohrwerk.api.signature;

import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.batch.ReasonText;
import java.util.Locale;

/**
 * What makes two failures the same crash: the outcome, and the reason without what differs from run to run.
 *
 * @param key one crash per key
 * @param title the same for people
 */
public record Signature(String key, String title) {
    public static Signature of(Outcome outcome, String reason) {
        String normal = ReasonText.normal(reason);
        String title = title(outcome, normal);
        return new Signature(outcome + " " + normal, title);
    }

    /** Of a kernel's own report, by the title that it was given: numbers left in it belong to names. */
    public static Signature ofReport(Outcome outcome, String report) {
        String cut = ReasonText.line(report);
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
