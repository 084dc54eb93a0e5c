package io.bohrwerk.protocol.batch;

import java.util.regex.Pattern;

/** Why something failed, without what differs from run to run: what crashes are grouped by, and what tells whether two runs failed alike. */
public final class ReasonText {
    /** Long enough for any line that a kernel prints about itself; keeps a flood from becoming a title. */
    private static final int LONGEST = 200;

    private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Cntrl}]+");
    /** {@code 0xffffffff81000000}, and bare addresses: at least eight hexadecimal digits with a digit among them. */
    private static final Pattern ADDRESS =
            Pattern.compile("\\b0[xX][0-9a-fA-F]+\\b|\\b(?=[0-9a-fA-F]*[0-9])[0-9a-fA-F]{8,}\\b");
    /** Not one that belongs to a name, as in {@code ext4} or {@code do_int80_syscall_32}. */
    private static final Pattern NUMBER = Pattern.compile("(?<![A-Za-z0-9_])[0-9]+");

    private ReasonText() {}

    /** One line with {@code ADDR} for addresses and {@code N} for numbers, up to 200 characters. */
    public static String normal(String reason) {
        return line(withoutNumbers(BLANKS.matcher(reason).replaceAll(" ").strip()));
    }

    /** {@code ADDR} for addresses and {@code N} for numbers. */
    public static String withoutNumbers(String text) {
        return NUMBER.matcher(ADDRESS.matcher(text).replaceAll("ADDR")).replaceAll("N");
    }

    /** On one line, up to 200 characters. */
    public static String line(String text) {
        String line = BLANKS.matcher(text).replaceAll(" ").strip();
        if (line.length() <= LONGEST) {
            return line;
        }
        return line.substring(0, Character.isHighSurrogate(line.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST);
    }
}
