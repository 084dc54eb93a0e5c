package io.bohrwerk.api.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Delays;
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
        Strategy fixed = new FixedStrategy(4, 1000, List.of());
        assertThat(fixed.next(Progress.at(0), PERIOD).schedule()).isEqualTo(new Schedule(4, 1000, 0, 0, 0, Align.NONE));
        assertThat(fixed.next(Progress.at(1_000_000), PERIOD).schedule())
                .isEqualTo(fixed.next(Progress.at(0), PERIOD).schedule());
    }

    /** Jobs are made again from their words alone, so what a seed gives may never change. Computed apart from this code. */
    @Test
    void randomGivesTheGoldenSchedules() {
        Strategy random = new RandomStrategy(List.of(2, 4, 7), 1, List.of(), null);
        List<String> schedules = new ArrayList<>();
        for (long number : new long[] {0, 1, 2, 3, 1000}) {
            Schedule schedule = random.next(Progress.at(number), PERIOD).schedule();
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

    /** As many slices in 10 to 100 as in 100 to 1,000 and in 1,000 to 10,000; a job made again draws the same. */
    @Test
    void randomDrawsSlicesLogUniformly() {
        Strategy random = new RandomStrategy(List.of(4), 7, List.of(), new SliceRange(10, 10_000));
        int[] decades = new int[3];
        for (long number = 0; number < 9_000; number++) {
            List<Integer> slices =
                    random.next(Progress.at(number), PERIOD).schedule().slices();
            assertThat(slices).hasSize(1).allSatisfy(slice -> assertThat(slice).isBetween(10, 10_000));
            decades[(int) Math.min(2, Math.log10(slices.get(0)) - 1)]++;
            assertThat(random.next(Progress.at(number), PERIOD).schedule().slices())
                    .isEqualTo(slices);
        }
        // Four standard deviations of the binomial are 179.
        for (int count : decades) {
            assertThat(count).isBetween(2_821, 3_179);
        }
        assertThat(new SliceRange(5, 5).at(0.99)).isEqualTo(5);
        assertThat(new SliceRange(1, 999_999).at(0)).isEqualTo(1);
    }

    @Test
    void refusesRangesOfSlicesThatAreNone() {
        assertInvalid(() -> new SliceRange(0, 10), "drawnSlices.least");
        assertInvalid(() -> new SliceRange(10, 1_000_000), "drawnSlices.most");
        assertInvalid(() -> new SliceRange(11, 10), "drawnSlices.most");
        assertInvalid(() -> new RandomStrategy(List.of(4), 0, List.of(37), new SliceRange(1, 2)), "drawnSlices");
    }

    @Test
    void randomDrawsEveryShiftAboutAsOftenAndNoSeedTwice() {
        Strategy random = new RandomStrategy(List.of(0, 5, 10), 42, List.of(), null);
        int[] count = new int[11];
        Set<Long> seeds = new HashSet<>();
        for (long number = 0; number < 9_000; number++) {
            Schedule schedule = random.next(Progress.at(number), PERIOD).schedule();
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

    private static List<Long> delays(Plan plan, int iterations) {
        List<Long> delays = new ArrayList<>();
        for (int k = 0; k < iterations; k++) {
            delays.add(Delays.before(plan.schedule(), k));
        }
        return delays;
    }

    /** Batches of 7 places, and every third of them cut short, as by a failure: what is left is taken up again. */
    @Test
    void aSweepCoversThePeriodExactlyOnce() {
        SweepStrategy sweep = new SweepStrategy(List.of(10, 9), 3);
        VirtualTime period = VirtualTime.parse("1ms");
        assertThat(sweep.places(period)).isEqualTo((976 + 2) / 3 + (1953 + 2) / 3);
        List<String> covered = new ArrayList<>();
        long place = 0;
        while (!sweep.exhausted(new Progress(0, place, List.of()), period)) {
            Plan plan = sweep.next(new Progress(0, place, List.of()), period);
            int size = (int) Math.min(plan.most(), place % 3 == 0 ? 2 : 7);
            assertThat(plan.schedule().align()).isEqualTo(Align.TICK);
            delays(plan, size).forEach(delay -> covered.add(plan.schedule().shift() + " " + delay));
            place += size;
        }
        List<String> all = new ArrayList<>();
        for (int shift : new int[] {10, 9}) {
            for (long delay = 0; delay < period.instructions(shift); delay += 3) {
                all.add(shift + " " + delay);
            }
        }
        assertThat(covered).isEqualTo(all);
    }

    @Test
    void alignedLetsTheNextTickLandInTheTest() {
        AlignedStrategy stepped = new AlignedStrategy(List.of(4), 1_000, 100L, 0);
        assertThat(stepped.places(PERIOD)).isEqualTo(10);
        assertThat(delays(stepped.next(new Progress(5, 0, List.of()), PERIOD), 10))
                .containsExactly(
                        249_000L, 249_100L, 249_200L, 249_300L, 249_400L, 249_500L, 249_600L, 249_700L, 249_800L,
                        249_900L);
        assertThat(stepped.exhausted(new Progress(1, 10, List.of()), PERIOD)).isTrue();
        AlignedStrategy drawn = new AlignedStrategy(List.of(4), 1_000, null, 7);
        Set<Long> seeds = new HashSet<>();
        for (long number = 0; number < 100; number++) {
            Schedule schedule = drawn.next(Progress.at(number), PERIOD).schedule();
            assertThat(schedule.align()).isEqualTo(Align.TICK);
            for (int k = 0; k < 50; k++) {
                assertThat(Delays.before(schedule, k)).isBetween(249_000L, 249_999L);
            }
            seeds.add(schedule.seed());
        }
        assertThat(seeds).hasSize(100);
        assertThat(drawn.exhausted(Progress.at(1_000_000), PERIOD)).isFalse();
        // Longer than a period is a whole one.
        assertThat(new AlignedStrategy(List.of(4), 4_000_000_000L, null, 7)
                        .next(Progress.at(0), PERIOD)
                        .schedule()
                        .window())
                .isEqualTo(250_000);
    }

    private static final AdaptiveStrategy ADAPTIVE =
            new AdaptiveStrategy(List.of(4, 6), List.of(Arm.Kind.RANDOM, Arm.Kind.ALIGNED), 3, 0.1, 42);

    @Test
    void adaptivesArmsAreShiftsStrategiesAndBuckets() {
        assertThat(ADAPTIVE.arms(PERIOD))
                .containsExactly(
                        new Arm(Arm.Kind.RANDOM, 4, 0, 250_000),
                        new Arm(Arm.Kind.ALIGNED, 4, 0, 83_333),
                        new Arm(Arm.Kind.ALIGNED, 4, 83_333, 83_333),
                        new Arm(Arm.Kind.ALIGNED, 4, 166_666, 83_334),
                        new Arm(Arm.Kind.RANDOM, 6, 0, 62_500),
                        new Arm(Arm.Kind.ALIGNED, 6, 0, 20_833),
                        new Arm(Arm.Kind.ALIGNED, 6, 20_833, 20_833),
                        new Arm(Arm.Kind.ALIGNED, 6, 41_666, 20_834));
    }

    /** It goes to where failures were found, gives no arm up, and says the same when it is told the same. */
    @Test
    void adaptiveLearnsAndIsRepeatable() {
        List<ArmCount> counts = new ArrayList<>();
        for (int arm = 0; arm < 8; arm++) {
            counts.add(new ArmCount(100, 100_000, arm == 2 ? 20 : 1));
        }
        int[] chosen = new int[8];
        Set<Long> seeds = new HashSet<>();
        for (long number = 0; number < 2_000; number++) {
            Plan plan = ADAPTIVE.next(new Progress(number, 0, counts), PERIOD);
            assertThat(ADAPTIVE.next(new Progress(number, 0, counts), PERIOD)).isEqualTo(plan);
            Arm arm = ADAPTIVE.arms(PERIOD).get(plan.arm());
            assertThat(plan.schedule().shift()).isEqualTo(arm.shift());
            assertThat(plan.schedule().delay()).isEqualTo(arm.from());
            assertThat(plan.schedule().window()).isEqualTo(arm.length());
            assertThat(plan.schedule().align()).isEqualTo(arm.kind() == Arm.Kind.ALIGNED ? Align.TICK : Align.NONE);
            chosen[plan.arm()]++;
            seeds.add(plan.schedule().seed());
        }
        assertThat(chosen[2]).isGreaterThan(1_700);
        for (int arm = 0; arm < 8; arm++) {
            // The floor gives each 25 of 2,000; four standard deviations less are 5.
            assertThat(chosen[arm]).isGreaterThan(5);
        }
        assertThat(seeds).hasSize(2_000);
        assertThat(ADAPTIVE.reseeded(43).next(Progress.at(0), PERIOD))
                .isNotEqualTo(ADAPTIVE.next(Progress.at(0), PERIOD));
    }

    @Test
    void adaptiveTriesAllAlikeWhileNothingFails() {
        List<ArmCount> counts = new ArrayList<>(java.util.Collections.nCopies(8, ArmCount.NOTHING));
        for (long number = 0; number < 800; number++) {
            int arm = ADAPTIVE.next(new Progress(number, 0, counts), PERIOD).arm();
            ArmCount before = counts.get(arm);
            counts.set(arm, new ArmCount(before.batches() + 1, before.iterations() + 500, 0));
        }
        assertThat(counts).allSatisfy(count -> assertThat(count.batches()).isBetween(70L, 140L));
    }

    @Test
    void refusesWhatNoScheduleCanBe() {
        assertInvalid(() -> new FixedStrategy(11, 0, List.of()), "shift");
        assertInvalid(() -> new FixedStrategy(4, 1L << 32, List.of()), "delay");
        assertInvalid(() -> new RandomStrategy(List.of(), 0, List.of(), null), "shifts");
        assertInvalid(() -> new RandomStrategy(List.of(4, 11), 0, List.of(), null), "shifts");
        assertInvalid(() -> new RandomStrategy(List.of(4), 1L << 53, List.of(), null), "seed");
        assertInvalid(() -> new RandomStrategy(List.of(4), -1, List.of(), null), "seed");
        assertInvalid(() -> new SweepStrategy(List.of(4), 0), "step");
        assertInvalid(() -> new SweepStrategy(List.of(), 1), "shifts");
        assertInvalid(() -> new SweepStrategy(List.of(4, 4), 1), "shifts");
        assertInvalid(() -> new AlignedStrategy(List.of(4), 0, null, 0), "length");
        assertInvalid(() -> new AlignedStrategy(List.of(4), 1L << 32, null, 0), "length");
        assertInvalid(() -> new AlignedStrategy(List.of(4), 10, 0L, 0), "step");
        List<Arm.Kind> random = List.of(Arm.Kind.RANDOM);
        assertInvalid(() -> new AdaptiveStrategy(List.of(), random, 8, 0.1, 0), "shifts");
        assertInvalid(() -> new AdaptiveStrategy(List.of(4), List.of(), 8, 0.1, 0), "strategies");
        assertInvalid(() -> new AdaptiveStrategy(List.of(4), List.of(Arm.Kind.FIXED), 8, 0.1, 0), "strategies");
        assertInvalid(() -> new AdaptiveStrategy(List.of(4), random, 0, 0.1, 0), "buckets");
        assertInvalid(() -> new AdaptiveStrategy(List.of(4), random, 8, 0, 0), "floor");
    }

    private static void assertInvalid(org.assertj.core.api.ThrowableAssert.ThrowingCallable code, String field) {
        assertThatThrownBy(code)
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.field()).isEqualTo(field));
    }
}
