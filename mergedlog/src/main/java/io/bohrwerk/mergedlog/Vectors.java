package io.bohrwerk.mergedlog;

/** Names of interrupt vectors: Intel SDM volume 3, table 6-1. */
public final class Vectors {
    /** Vectors below this are the processor's own. */
    static final int FIRST_FREE = 32;

    private static final String[] NAMES = {
        "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "#CSO", "#TS", "#NP", "#SS", "#GP", "#PF", "#15",
        "#MF", "#AC", "#MC", "#XM", "#VE", "#CP"
    };

    private Vectors() {}

    /** For example {@code #DB}; for vectors that an operating system gives away their number, for example {@code 0x20}. */
    public static String name(int vector) {
        if (vector < NAMES.length) {
            return NAMES[vector];
        }
        return vector < FIRST_FREE ? "#" + vector : String.format("0x%02x", vector);
    }

    static String name(int vector, LogEntry.Cause cause) {
        return switch (cause) {
            case HARDWARE -> String.format("IRQ 0x%02x", vector);
            case SOFTWARE -> vector < FIRST_FREE ? name(vector) : "INT " + name(vector);
            case EXCEPTION -> name(vector);
        };
    }
}
