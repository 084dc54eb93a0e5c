package io.bohrwerk.worker.work;

import java.util.stream.Collectors;

/** What a guest printed, cut to what a message may carry. */
public final class GuestText {
    private static final String PASSED = "@bw pass ";

    private GuestText() {}

    /**
     * The end of a console without the agent's reports of passes, which would crowd out what the kernel said.
     *
     * @param longest in characters
     */
    public static String end(String console, int longest) {
        String told = console.lines().filter(line -> !line.startsWith(PASSED)).collect(Collectors.joining("\n"));
        if (told.length() <= longest) {
            return told;
        }
        int from = told.length() - longest;
        return told.substring(Character.isLowSurrogate(told.charAt(from)) ? from + 1 : from);
    }

    /** The first characters, without half a pair of surrogates at the end. */
    public static String start(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest);
    }
}
