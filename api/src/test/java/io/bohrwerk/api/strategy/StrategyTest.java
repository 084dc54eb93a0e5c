package io.bohrwerk.api.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StrategyTest {
    private static final VirtualTime PERIOD = VirtualTime.parse("4ms");

    @Test
    void fixedIsTheSameForEveryBatch() {
        Strategy fixed = new Strategy.Fixed(4, 1000);
        assertThat(fixed.schedule(0, PERIOD)).isEqualTo(new Schedule(4, 1000, 0, 0, 0, Align.NONE));
        assertThat(fixed.schedule(1_000_000, PERIOD)).isEqualTo(fixed.schedule(0, PERIOD));
    }

    /** Jobs are made again from their words alone, so what a seed gives may never change. Computed apart from this code. */
    @Test
    void randomGivesTheGoldenSchedules() {
        Strategy random = new Strategy.Random(List.of(2, 4, 7), 1);
        List<String> schedules = new ArrayList<>();
        for (long number : new long[] {0, 1, 2, 3, 1000}) {
            Schedule schedule = random.schedule(number, PERIOD);
            schedules.add(schedule.shift() + " " + schedule.window() + " " + schedule.seed());
        }
        assertThat(schedules).containsExactly(GOLDEN);
    }

    private static final String[] GOLDEN = {
        "7 31250 469527774716945",
        "4 250000 2335702265595864",
        "2 1000000 3938023681134206",
        "4 250000 6332053338323662",
        "4 250000 5343489897659437"
    };

    @Test
    void randomDrawsEveryShiftAboutAsOftenAndNoSeedTwice() {
        Strategy random = new Strategy.Random(List.of(0, 5, 10), 42);
        int[] count = new int[11];
        Set<Long> seeds = new HashSet<>();
        for (long number = 0; number < 9_000; number++) {
            Schedule schedule = random.schedule(number, PERIOD);
            count[schedule.shift()]++;
            seeds.add(schedule.seed());
            assertThat(schedule.seed()).isBetween(1L, (1L << 53) - 1);
            assertThat(schedule.window()).isEqualTo(4_000_000L >> schedule.shift());
        }
        // Four standard deviations of the binomial are 179.
        assertThat(new int[] {count[0], count[5], count[10]}).satisfies(counts -> {
            for (int each : counts) {
                assertThat(each).isBetween(2_821, 3_179);
            }
        });
        assertThat(seeds).hasSize(9_000);
    }

    @Test
    void refusesWhatNoScheduleCanBe() {
        assertInvalid(() -> new Strategy.Fixed(11, 0), "shift");
        assertInvalid(() -> new Strategy.Fixed(4, 1L << 32), "delay");
        assertInvalid(() -> new Strategy.Random(List.of(), 0), "shifts");
        assertInvalid(() -> new Strategy.Random(List.of(4, 11), 0), "shifts");
        assertInvalid(() -> new Strategy.Random(List.of(4), 1L << 53), "seed");
        assertInvalid(() -> new Strategy.Random(List.of(4), -1), "seed");
    }

    private static void assertInvalid(org.assertj.core.api.ThrowableAssert.ThrowingCallable code, String field) {
        assertThatThrownBy(code)
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.field()).isEqualTo(field));
    }
}
