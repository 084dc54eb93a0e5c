package io.bohrwerk.protocol.traced;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.traced.Place.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private static Place place(long pc, int context, Kind kind) {
        return new Place(pc, context, kind, "test");
    }

    /** A loop of ten instructions, run a hundred times, behind a trap of three. */
    private static TestTrace loop() {
        List<Place> places = new ArrayList<>();
        int[] at = new int[1_003];
        for (int i = 0; i < 3; i++) {
            places.add(place(0x100 + i, 0, Kind.TRAP));
            at[i] = i;
        }
        for (int i = 0; i < 10; i++) {
            places.add(place(0x200 + i, 1, Kind.ORDINARY));
        }
        for (int i = 3; i < at.length; i++) {
            at[i] = 3 + (i - 3) % 10;
        }
        return new TestTrace(50_000, 20, 100, places, at);
    }

    @Test
    void triesEachInstructionFirstAndLastAndTrapsBeforeAll() {
        List<Placement> plan = Planner.plan(loop(), Set.of());
        assertThat(plan.subList(0, 3)).extracting(each -> each.place().kind()).containsOnly(Kind.TRAP);
        // 13 instructions; the last execution of each in the loop is another offset, and a trap's first is its last
        assertThat(plan).hasSize(13 + 10);
        assertThat(plan).extracting(Placement::offset).doesNotHaveDuplicates();
        Set<Place> tried = new HashSet<>();
        plan.forEach(each -> tried.add(each.place()));
        assertThat(tried).hasSize(13);
    }

    /** One instruction of a module among ticks on the paths of traps. */
    @Test
    void triesModulesBeforeAllElse() {
        List<Place> places = new ArrayList<>();
        int[] at = new int[4_000];
        for (int i = 0; i < at.length; i++) {
            places.add(place(i, 0, i == 3_210 ? Kind.MODULE : Kind.TRAP));
            at[i] = i;
        }
        TestTrace trace = new TestTrace(1_100, 20, 100, places, at);
        assertThat(Planner.plan(trace, Set.of()).get(0).offset()).isEqualTo(210);
    }

    @Test
    void putsTheTickAtTheOffset() {
        TestTrace trace = loop();
        for (Placement each : Planner.plan(trace, Set.of())) {
            assertThat(each.delay()).isEqualTo(trace.period() - trace.lead() - each.offset());
        }
        assertThat(trace.delayFor(0)).isEqualTo(49_980);
        assertThatThrownBy(() -> trace.delayFor(49_900)).hasMessageContaining("offset");
    }

    @Test
    void leavesOutWhatWasTried() {
        TestTrace trace = loop();
        Set<Place> tried = new HashSet<>(trace.places().subList(0, 8));
        List<Placement> plan = Planner.plan(trace, tried);
        assertThat(plan).extracting(Placement::place).doesNotContainAnyElementsOf(tried);
        assertThat(Planner.plan(trace, new HashSet<>(trace.places()))).isEmpty();
    }

    /** A test of ten periods meets ten ticks, so a tenth of the delays is enough. */
    @Test
    void coversSeveralPlacesWithOneDelayOfALongTest() {
        List<Place> places = new ArrayList<>();
        int[] at = new int[10_000];
        for (int i = 0; i < at.length; i++) {
            places.add(place(0x1000 + i, 0, Kind.ORDINARY));
            at[i] = i;
        }
        TestTrace trace = new TestTrace(1_100, 20, 100, places, at);
        List<Placement> plan = Planner.plan(trace, Set.of());
        assertThat(plan).hasSize(1_000);
        TracedPlan traced = TracedPlan.of(4, trace, plan);
        Set<Integer> covered = new HashSet<>();
        for (int i = 0; i < traced.size(); i++) {
            assertThat(traced.covered(i)).hasSize(10);
            covered.addAll(traced.covered(i));
        }
        assertThat(covered).hasSize(10_000);
    }

    @Test
    void placesNoTickWhereTheCpuTakesNone() {
        int[] at = {0, TestTrace.BLIND, 1};
        TestTrace trace =
                new TestTrace(1_000, 20, 10, List.of(place(1, 0, Kind.ORDINARY), place(3, 0, Kind.ORDINARY)), at);
        assertThat(Planner.plan(trace, Set.of())).extracting(Placement::offset).containsExactlyInAnyOrder(0, 2);
    }

    /** From coarse to fine: a race that is open for a stretch of the test is met early, whatever its position. */
    @Test
    void spreadsOverTheTest() {
        List<Place> places = new ArrayList<>();
        int[] at = new int[1_024];
        for (int i = 0; i < at.length; i++) {
            places.add(place(i, 0, Kind.ORDINARY));
            at[i] = i;
        }
        List<Placement> plan = Planner.plan(new TestTrace(10_000, 20, 10, places, at), Set.of());
        for (int stretch = 0; stretch < 1_024; stretch += 64) {
            int from = stretch;
            int met = 0;
            while (plan.get(met).offset() < from || plan.get(met).offset() >= from + 64) {
                met++;
            }
            assertThat(met).isLessThan(32);
        }
    }

    @Test
    void tellsHowLateTicksAre() {
        TestTrace trace = loop();
        List<Placement> planned = Planner.plan(trace, Set.of()).subList(0, 3);
        List<Long> ticks = new ArrayList<>();
        for (Placement each : planned) {
            ticks.add(0xdeadL);
            ticks.add(trace.places().get(trace.at(each.offset() + 2)).pc());
        }
        assertThat(Landings.late(trace, planned, ticks)).isEqualTo(OptionalLong.of(2));
        assertThat(Landings.late(trace, planned, ticks.subList(0, 5))).isEmpty();
        ticks.add(0, 0xbeefL);
        assertThat(Landings.late(trace, planned, ticks)).isEqualTo(OptionalLong.of(2));
        assertThat(trace.corrected(2).delayFor(10)).isEqualTo(trace.delayFor(10) + 2);
    }

    @Test
    void tellsHowLateTicksUsuallyAreWhereNotAllLandAlike() {
        assertThat(Landings.usual(List.of(4_000L, -12L, 28L, -12L, 1_146L, 2_758L, -12L, 30L)))
                .isEqualTo(OptionalLong.of(-12));
        assertThat(Landings.usual(List.of(7L, 5L, 7L, 5L))).isEqualTo(OptionalLong.of(5));
        assertThat(Landings.usual(List.of(1L, 2L, 3L))).isEmpty();
        assertThat(Landings.usual(List.of(1L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L))).isEmpty();
        assertThat(Landings.usual(List.of())).isEmpty();
    }

    @Test
    void readsOnlyItsOwnFormat() throws IOException {
        TracedPlan failing = TracedPlan.ofFailing(6, List.of(7L, 4_294_967_295L));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        failing.write(bytes);
        TracedPlan read = TracedPlan.read(new ByteArrayInputStream(bytes.toByteArray()));
        assertThat(read.trace()).isNull();
        assertThat(read.place(0)).isNull();
        assertThat(read.delays(0, 5)).containsExactly(7L, 4_294_967_295L);
        assertThatThrownBy(() -> TracedPlan.read(new ByteArrayInputStream(new byte[] {1, 2, 3})))
                .isInstanceOf(IOException.class);
        byte[] cut = java.util.Arrays.copyOf(bytes.toByteArray(), bytes.size() / 2);
        assertThatThrownBy(() -> TracedPlan.read(new ByteArrayInputStream(cut))).isInstanceOf(IOException.class);
    }
}
