package io.bohrwerk.client;

import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How something goes on, for people: on a terminal one line that is redrawn, anywhere else (a file, a pipe, CI) a line of its own every
 * few seconds.
 */
public final class ProgressLine {
    /** The launcher sets it when standard output is a terminal. Java 17 can tell only of standard input and output together. */
    private static final String COLUMNS = "BOHRWERK_COLUMNS";

    private static final Duration BETWEEN_PLAIN_LINES = Duration.ofSeconds(2);
    private static final int SMALLEST = 20;
    /** Back to the line's beginning, and clear to its end. */
    private static final String REDRAW = "\r\u001b[K";

    private final PrintWriter out;
    /** Of the terminal; 0 for none. */
    private final int columns;

    private final String prefix;
    private long nextPlainLine = System.nanoTime() + BETWEEN_PLAIN_LINES.toNanos();
    private boolean drawn;

    ProgressLine(PrintWriter out, int columns, String prefix) {
        this.out = out;
        this.columns = columns < SMALLEST ? 0 : columns;
        this.prefix = prefix;
    }

    /** On standard output, be it a terminal or not. @param prefix of each line */
    public static ProgressLine on(PrintWriter out, String prefix) {
        return new ProgressLine(out, columns(System.getenv(COLUMNS)), prefix);
    }

    private static int columns(@Nullable String text) {
        return text != null && text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
    }

    /** How it goes now. May be called often; without a terminal most calls print nothing. */
    public void show(String line) {
        String text = prefix + line;
        if (columns > 0) {
            // A line that reaches the last column would wrap, and could not be redrawn.
            out.print(REDRAW + (text.length() < columns ? text : text.substring(0, columns - 1)));
            drawn = true;
        } else if (System.nanoTime() - nextPlainLine >= 0) {
            out.println(text);
            nextPlainLine = System.nanoTime() + BETWEEN_PLAIN_LINES.toNanos();
        }
        out.flush();
    }

    /** A line that stays. On a terminal it takes the place of the one that was shown last. */
    public void keep(String line) {
        out.println((drawn ? REDRAW : "") + prefix + line);
        out.flush();
        drawn = false;
    }

    /** Nothing more is shown here. Clears what was drawn. */
    public void clear() {
        if (drawn) {
            out.print(REDRAW);
            out.flush();
            drawn = false;
        }
    }
}
