package io.bohrwerk.protocol;

import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pattern for one line of a console, as users write it:
 *
 * <ul>
 *   <li>text stands for itself, anywhere in the line; a {@code ^} in front ties the pattern to the line's start;
 *   <li>{@code *} stands for any text, also none;
 *   <li>{@code {name}} stands for a word (letters, digits and {@code _.-}, up to {@value #LONGEST_WORD}) and keeps it under that name;
 *   <li>{@code {name...}} stands for any text up to what follows in the pattern, or to the line's end, and keeps it.
 * </ul>
 *
 * <p>It is no regular expression on purpose. The text between two {@code *} is taken where it is found first and never looked for again,
 * and a word ends where it ends: so what a match costs is the product of the line's and the pattern's length at most, whatever a user
 * writes and a guest prints.
 */
public final class LinePattern {
    private static final int LONGEST = 200;
    private static final int LONGEST_WORD =
            511; // as long as a name of the Linux kernel: KSYM_NAME_LEN in include/linux/kallsyms.h
    private static final int LEAST_TEXT = 3;
    private static final Pattern SHAPE = Pattern.compile("[ -~]{1," + LONGEST + "}");
    /** A piece of a pattern: a capture, a star, or text. Anything else that begins with a brace is text. */
    private static final Pattern PIECE = Pattern.compile("\\{([a-z]{1,20})(\\.\\.\\.)?}|(\\*)|[^*{]+|\\{");

    private final String text;
    private final boolean anchored;
    private final List<Segment> segments;
    private final Set<String> names = new HashSet<>();

    private LinePattern(String text) {
        require(SHAPE.matcher(text).matches(), "", text, "must be 1 to " + LONGEST + " characters of printable ASCII");
        this.text = text;
        this.anchored = text.startsWith("^");
        this.segments = compiled(anchored ? text.substring(1) : text);
    }

    /** @throws InvalidInputException when it breaks a rule of the language */
    @JsonCreator
    public static LinePattern parse(String text) {
        return new LinePattern(text);
    }

    /** What stands between two texts of any length. {@code before} names the text in front of it; empty when it is not kept. */
    private record Segment(String before, List<Piece> pieces) {}

    /** A text that stands for itself, or a word's name. */
    private record Piece(String text, boolean word) {}

    private List<Segment> compiled(String pattern) {
        List<Segment> compiled = new ArrayList<>();
        List<Piece> pieces = new ArrayList<>();
        String before = "";
        int plain = 0;
        Matcher piece = PIECE.matcher(pattern);
        while (piece.find()) {
            String name = piece.group(1);
            require(name == null || names.add(name), "", text, "must not use the name " + name + " twice");
            if (piece.group(3) != null || piece.group(2) != null) {
                compiled.add(new Segment(before, List.copyOf(pieces)));
                pieces.clear();
                before = name == null ? "" : name;
            } else if (name != null) {
                pieces.add(new Piece(name, true));
            } else {
                plain += piece.group().strip().length();
                pieces.add(new Piece(piece.group(), false));
            }
        }
        compiled.add(new Segment(before, List.copyOf(pieces)));
        require(
                plain >= LEAST_TEXT,
                "",
                text,
                "must hold at least " + LEAST_TEXT + " characters of plain text, or it would match almost any line");
        return List.copyOf(compiled);
    }

    /** The names that a match gives. */
    public Set<String> names() {
        return Set.copyOf(names);
    }

    /** The longest text that every line that matches holds. */
    public String needle() {
        String longest = "";
        for (Segment segment : segments) {
            for (Piece piece : segment.pieces) {
                if (!piece.word && piece.text.length() > longest.length()) {
                    longest = piece.text;
                }
            }
        }
        return longest;
    }

    public boolean matches(String line) {
        return match(line).isPresent();
    }

    /** What was kept, by name; empty when the line does not match. */
    public Optional<Map<String, String>> match(String line) {
        Map<String, String> kept = new HashMap<>();
        int at = 0;
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            boolean here = i == 0 && anchored;
            int end = -1;
            int start = at;
            // A last text of any length takes all that is left.
            if (segment.pieces.isEmpty() && i > 0 && i == segments.size() - 1) {
                start = line.length();
                end = start;
            }
            for (; end < 0 && start <= line.length(); start = here ? line.length() + 1 : start + 1) {
                end = matchAt(line, start, segment, kept);
                if (end >= 0) {
                    break;
                }
            }
            if (end < 0) {
                return Optional.empty();
            }
            if (!segment.before.isEmpty()) {
                kept.put(segment.before, line.substring(at, start));
            }
            at = end;
        }
        return Optional.of(kept);
    }

    /** Where the segment ends when it stands at {@code start}, or -1. */
    private static int matchAt(String line, int start, Segment segment, Map<String, String> kept) {
        int at = start;
        for (Piece piece : segment.pieces) {
            int end = piece.word ? wordEnd(line, at) : at + piece.text.length();
            if (piece.word ? end == at : !line.startsWith(piece.text, at)) {
                return -1;
            }
            if (piece.word) {
                kept.put(piece.text, line.substring(at, end));
            }
            at = end;
        }
        return at;
    }

    private static int wordEnd(String line, int from) {
        int end = from;
        while (end < line.length() && end - from < LONGEST_WORD && isWord(line.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean isWord(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-';
    }

    @JsonValue
    @Override
    public String toString() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LinePattern pattern && pattern.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }
}
