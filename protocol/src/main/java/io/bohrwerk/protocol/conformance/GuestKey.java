package io.bohrwerk.protocol.conformance;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.schedule.Setting;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** A key of the line by which a guest is told its batch, so far as a guest may or may not serve it. */
public enum GuestKey {
    DELAY("delay"),
    STRIDE("stride"),
    WINDOW("window"),
    SEED("seed"),
    /** {@code delays=N}, the list in {@code opt/bohrwerk/delays}. */
    DELAYS("delays"),
    ALIGN("align=tick"),
    REPORT("report"),
    CONTINUE("continue"),
    HZ("hz"),
    EXTRA("extra");

    private final String word;

    GuestKey(String word) {
        this.word = word;
    }

    /** As the protocol has it. */
    @JsonValue
    public String word() {
        return word;
    }

    /** @throws InvalidInputException when it is none of them */
    @JsonCreator
    public static GuestKey of(String word) {
        for (GuestKey key : values()) {
            if (key.word.equals(word)) {
                return key;
            }
        }
        String all = Arrays.stream(values()).map(GuestKey::word).collect(Collectors.joining(", "));
        throw new InvalidInputException("key", word, "must be one of " + all);
    }

    /** The keys that a guest must serve to run this schedule. */
    public static Set<GuestKey> neededBy(Schedule schedule) {
        Set<GuestKey> needed = EnumSet.noneOf(GuestKey.class);
        if (schedule.delay() != 0) {
            needed.add(DELAY);
        }
        if (schedule.window() != 0) {
            needed.add(WINDOW);
            if (schedule.seed() != 0) {
                needed.add(SEED);
            } else if (schedule.stride() != 0) {
                needed.add(STRIDE);
            }
        }
        if (!schedule.delays().isEmpty()) {
            needed.add(DELAYS);
        }
        if (schedule.align() == Align.TICK) {
            needed.add(ALIGN);
        }
        Setting setting = schedule.setting();
        if (setting != null && setting.timerHz() != null) {
            needed.add(HZ);
        }
        if (setting != null && setting.extra() != null) {
            needed.add(EXTRA);
        }
        return needed;
    }
}
