package io.bohrwerk.protocol.traced;

import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.bohrwerk.protocol.InvalidInputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The places that are to be tried before all others. A place is aimed at when one of the words says so:
 *
 * <pre>
 * trap                      a function; * and ? stand for any characters and any one
 * x86_dbregs_*
 * 0xc0100000-0xc0101000     addresses, without the last
 * syscall:26                under the system call of that number
 * vector:1                  under that exception, or software interrupt
 * module:*                  in Linux modules
 * user                      in user mode
 * </pre>
 */
public final class Aim {
    public static final Aim NONE = new Aim(List.of());

    /** Of words in one aim. */
    private static final int MOST = 64;

    private static final int LONGEST = 200;
    private static final int NEAR = 5;
    private static final int USER = 3;
    private static final String RULE =
            "must be a function's name, which may have * and ?, a range of addresses (0xc0100000-0xc0101000), syscall:NUMBER,"
                    + " vector:NUMBER, module:* or user";

    private static final Pattern RANGE =
            Pattern.compile("0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16})", Pattern.CASE_INSENSITIVE);
    private static final Pattern NUMBERED = Pattern.compile("(syscall|vector):(\\d{1,9})");
    private static final Pattern FUNCTION = Pattern.compile("[A-Za-z0-9_.$*?]+");

    private final List<String> words;
    private final List<Predicate<Place>> any;

    /** @throws InvalidInputException naming the word that is none */
    @JsonCreator
    public Aim(List<String> words) {
        require(words.size() <= MOST, "aim", words.size(), "must be at most " + MOST + " words");
        this.words = List.copyOf(words);
        this.any = words.stream().map(Aim::word).toList();
    }

    private static Predicate<Place> word(String word) {
        require(word.length() <= LONGEST, "aim", word, "must be at most " + LONGEST + " characters");
        var range = RANGE.matcher(word);
        if (range.matches()) {
            long from = Long.parseUnsignedLong(range.group(1), 16);
            long to = Long.parseUnsignedLong(range.group(2), 16);
            require(Long.compareUnsigned(from, to) < 0, "aim", word, "must begin before it ends");
            return place -> Long.compareUnsigned(place.pc(), from) >= 0 && Long.compareUnsigned(place.pc(), to) < 0;
        }
        var numbered = NUMBERED.matcher(word);
        if (numbered.matches()) {
            int number = Integer.parseInt(numbered.group(2));
            return numbered.group(1).equals("syscall")
                    ? place -> place.context().number() == number
                    : place -> place.context().vector() == number;
        }
        if (word.equals("module:*")) {
            return place -> place.kind() == Place.Kind.MODULE;
        }
        if (word.equals("user")) {
            return place -> place.context().privilege() == USER;
        }
        require(FUNCTION.matcher(word).matches(), "aim", word, RULE);
        Pattern glob = Pattern.compile(word.chars()
                .mapToObj(c -> c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf((char) c)))
                .collect(Collectors.joining()));
        return place -> glob.matcher(place.symbol()).matches();
    }

    @JsonValue
    public List<String> words() {
        return words;
    }

    public boolean isEmpty() {
        return words.isEmpty();
    }

    public boolean matches(Place place) {
        return any.stream().anyMatch(each -> each.test(place));
    }

    /**
     * Demands that the aim is met.
     *
     * @throws InvalidInputException when a word matches no place of the trace: with functions of near names that were executed
     */
    public void requireMet(TestTrace trace) {
        for (int i = 0; i < words.size(); i++) {
            if (trace.places().stream().noneMatch(any.get(i))) {
                throw new InvalidInputException("aim", words.get(i), unmet(words.get(i), trace));
            }
        }
    }

    private static String unmet(String word, TestTrace trace) {
        String rule = "matches nothing that the test executes";
        if (word.contains(":") || RANGE.matcher(word).matches()) {
            return rule;
        }
        Map<String, Integer> distances = new TreeMap<>();
        for (Place place : trace.places()) {
            if (!place.symbol().isEmpty()) {
                distances.computeIfAbsent(place.symbol(), name -> distance(word, name));
            }
        }
        List<String> near = distances.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.naturalOrder()))
                .limit(NEAR)
                .map(Map.Entry::getKey)
                .toList();
        return near.isEmpty()
                ? rule + ": the names of its functions are not known; give addresses, or the target a file of symbols"
                : rule + "; near it are " + String.join(", ", near);
    }

    /** Levenshtein's distance, with names that hold the word ahead of all others. */
    private static int distance(String word, String name) {
        String plain = word.replace("*", "").replace("?", "");
        if (!plain.isEmpty() && name.contains(plain)) {
            return 0;
        }
        List<Integer> row = new ArrayList<>();
        for (int i = 0; i <= name.length(); i++) {
            row.add(i);
        }
        for (int w = 1; w <= plain.length(); w++) {
            int diagonal = row.get(0);
            row.set(0, w);
            for (int n = 1; n <= name.length(); n++) {
                int same = diagonal + (plain.charAt(w - 1) == name.charAt(n - 1) ? 0 : 1);
                diagonal = row.get(n);
                row.set(n, Math.min(same, 1 + Math.min(row.get(n), row.get(n - 1))));
            }
        }
        return row.get(name.length());
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Aim other && words.equals(other.words);
    }

    @Override
    public int hashCode() {
        return words.hashCode();
    }

    @Override
    public String toString() {
        return String.join(",", words);
    }
}
