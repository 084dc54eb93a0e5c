package io.bohrwerk.emulator.console;

/** The latest of what a console has printed, for one who waits for texts in it, in their order. Safe for a thread that reads and another that asks. */
public final class ConsoleText {
    private static final int KEPT = 64 << 10;

    private final StringBuilder text = new StringBuilder();

    /** Adds what was printed; bytes beyond ASCII stand for themselves. */
    public synchronized void add(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            text.append((char) (bytes[i] & 0xff));
        }
        if (text.length() > KEPT) {
            text.delete(0, text.length() - KEPT);
        }
    }

    /** Whether the text is there. If so, it and all before it are gone for the next call. */
    public synchronized boolean take(String wanted) {
        int at = text.indexOf(wanted);
        if (at < 0) {
            return false;
        }
        text.delete(0, at + wanted.length());
        return true;
    }
}
