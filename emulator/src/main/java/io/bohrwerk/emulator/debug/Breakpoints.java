package io.bohrwerk.emulator.debug;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The user's breakpoints and watchpoints. Kept here, and put into whichever emulator runs while it runs. */
final class Breakpoints {
    private static final Pattern SHAPE = Pattern.compile("[Zz]([0-4]),([0-9a-fA-F]{1,16}),([0-9a-fA-F]{1,8})");

    /**
     * @param type 0 software, 1 hardware breakpoint; 2 write, 3 read, 4 access watchpoint
     * @param length of a watched area in bytes
     */
    record Point(int type, long address, long length) {
        boolean watches() {
            return type >= 2;
        }

        Packet inserting() {
            return packet('Z');
        }

        Packet removing() {
            return packet('z');
        }

        private Packet packet(char verb) {
            return Packet.of(verb + "" + type + "," + Long.toHexString(address) + "," + Long.toHexString(length));
        }
    }

    private final Set<Point> points = new LinkedHashSet<>();

    /** @return null when the text is no {@code Z} or {@code z} packet that we know */
    static @org.jspecify.annotations.Nullable Point parse(String packet) {
        Matcher matcher = SHAPE.matcher(packet);
        return matcher.matches()
                ? new Point(
                        Integer.parseInt(matcher.group(1)),
                        Long.parseUnsignedLong(matcher.group(2), 16),
                        Long.parseLong(matcher.group(3), 16))
                : null;
    }

    void add(Point point) {
        points.add(point);
    }

    void remove(Point point) {
        points.remove(point);
    }

    void clear() {
        points.clear();
    }

    boolean isEmpty() {
        return points.isEmpty();
    }

    List<Point> all() {
        return List.copyOf(points);
    }

    List<Point> watchpoints() {
        return points.stream().filter(Point::watches).toList();
    }

    boolean breaksAt(long pc) {
        return points.stream().anyMatch(point -> !point.watches() && point.address() == pc);
    }

    /** How a stop at {@code pc} is to be told: {@code swbreak:;}, {@code hwbreak:;} or nothing. */
    String reasonAt(long pc) {
        return points.stream()
                .filter(point -> !point.watches() && point.address() == pc)
                .findFirst()
                .map(point -> point.type() == 0 ? "swbreak:;" : "hwbreak:;")
                .orElse("");
    }
}
