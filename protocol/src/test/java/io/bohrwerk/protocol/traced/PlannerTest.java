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
    private static Place place(long pc, int number, Kind kind) {
        return new Place(pc, new Place.Context(0, Place.Context.SYSCALL, number, 1, 0, false), kind, "test");
    }

    private static TestTrace trace(long period, int length, List<Place> places, List<Visits> visits) {
        return new TestTrace(period, 20, 0, length, 0, places, visits);
    }

    /** Instructions that are executed one after the other, each once. */
    private static TestTrace straight(long period, int length, Kind kind) {
        List<Place> places = new ArrayList<>();
        List<Visits> visits = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            places.add(place(0x1000 + i, 0, kind));
            visits.add(Visits.once(i));
        }
        return trace(period, length, places, visits);
    }

    /** A loop of ten instructions, run a hundred times, behind a trap of three. */
    private static TestTrace loop() {
        List<Place> places = new ArrayList<>();
        List<Visits> visits = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            places.add(place(0x100 + i, 0, Kind.TRAP));
            visits.add(Visits.once(i));
        }
        for (int i = 0; i < 10; i++) {
            places.add(place(0x200 + i, 1, Kind.ORDINARY));
            visits.add(new Visits(100, 3 + i, 13 + i, 993 + i));
        }
        return trace(50_000, 1_003, places, visits);
    }

    private static List<Place> placesOf(TestTrace trace, List<Placement> plan) {
        return plan.stream().map(each -> trace.places().get(each.place())).toList();
    }

    @Test
    void triesTrapsBeforeAllAndLoopsByTheirFirstLastAndSecondTurn() {
        List<Placement> plan = Planner.plan(loop(), Set.of());
        assertThat(placesOf(loop(), plan.subList(0, 3))).extracting(Place::kind).containsOnly(Kind.TRAP);
        assertThat(plan).hasSize(3 + 3 * 10);
        assertThat(plan).extracting(Placement::offset).doesNotHaveDuplicates();
        assertThat(plan.subList(3, 13))
                .allSatisfy(each -> assertThat(each.offset()).isBetween(3, 12));
        assertThat(plan.subList(13, 23))
                .allSatisfy(each -> assertThat(each.offset()).isBetween(993, 1_002));
        assertThat(plan.subList(23, 33))
                .allSatisfy(each -> assertThat(each.offset()).isBetween(13, 22));
        assertThat(new HashSet<>(placesOf(loop(), plan))).hasSize(13);
    }

    @Test
    void triesWhatIsExecutedOnceBeforeWhatIsExecutedOften() {
        List<Place> places = List.of(
                place(1, 0, Kind.ORDINARY),
                place(2, 0, Kind.SYSCALL),
                place(3, 0, Kind.ORDINARY),
                place(4, 0, Kind.TRAP));
        List<Visits> visits =
                List.of(new Visits(5_000, 0, 9, 90), new Visits(5_000, 1, 8, 91), Visits.once(50), Visits.once(60));
        List<Placement> plan = Planner.plan(trace(1_000, 100, places, visits), Set.of());
        assertThat(plan).extracting(Placement::place).startsWith(3, 2, 1, 0);
    }

    /** Under another system call, the same instruction is another place. */
    @Test
    void triesAnInstructionInEachContext() {
        List<Place> places = List.of(place(1, 7, Kind.SYSCALL), place(1, 8, Kind.SYSCALL), place(2, 7, Kind.SYSCALL));
        List<Visits> visits = List.of(Visits.once(1), Visits.once(2), Visits.once(3));
        List<Placement> plan = Planner.plan(trace(1_000, 10, places, visits), Set.of());
        assertThat(plan).extracting(Placement::place).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(plan.subList(0, 2)).extracting(Placement::place).contains(2); // new instructions first
    }

    /** One instruction of a module, executed often, among paths of traps. */
    @Test
    void triesModulesBeforeAllElse() {
        TestTrace traps = straight(1_000, 4_000, Kind.TRAP);
        List<Place> places = new ArrayList<>(traps.places());
        List<Visits> visits = new ArrayList<>(traps.visits());
        places.set(3_210, place(0x9000, 0, Kind.MODULE));
        visits.set(3_210, new Visits(100_000, 3_210, 3_211, 3_212));
        TestTrace trace = trace(1_000, 4_000, places, visits);
        assertThat(trace.places()
                        .get(Planner.plan(trace, Set.of()).get(0).place())
                        .kind())
                .isEqualTo(Kind.MODULE);
    }

    @Test
    void putsTheTickAtTheOffset() {
        TestTrace trace = loop();
        for (Placement each : Planner.plan(trace, Set.of())) {
            assertThat(each.delay()).isEqualTo(trace.period() - trace.lead() - each.offset());
            assertThat(trace.tickFor(each.offset())).isEqualTo(1);
        }
        assertThat(trace.delayFor(0)).isEqualTo(49_980);
        assertThatThrownBy(() -> trace.delayFor(-1)).hasMessageContaining("offset");
    }

    /** As many ticks come before an offset as did when it was traced: so their handlers' instructions are in it. */
    @Test
    void putsALaterTickAtAFarOffset() {
        TestTrace trace = new TestTrace(1_000, 20, 700, 5_000, 0, List.of(), List.of());
        for (int offset = 0; offset < 5_000; offset += 7) {
            long delay = trace.delayFor(offset);
            assertThat(delay).isBetween(700L, 1_699L);
            assertThat((20 + delay + offset) % 1_000).isZero();
            long ticksBefore = (20 + 700 + offset - 1) / 1_000;
            assertThat((20 + delay + offset - 1) / 1_000).isEqualTo(ticksBefore);
            assertThat(trace.tickFor(offset)).isEqualTo((int) (ticksBefore + 1 - (20 + delay - 1) / 1_000));
        }
    }

    @Test
    void leavesOutWhatWasTried() {
        TestTrace trace = loop();
        Set<Place> tried = new HashSet<>(trace.places().subList(0, 8));
        List<Placement> plan = Planner.plan(trace, tried);
        assertThat(placesOf(trace, plan)).doesNotContainAnyElementsOf(tried);
        assertThat(Planner.plan(trace, new HashSet<>(trace.places()))).isEmpty();
    }

    /** A test of ten periods meets ten ticks, so a tenth of the delays is enough. */
    @Test
    void coversSeveralPlacesWithOneDelayOfALongTest() {
        TestTrace trace = straight(1_000, 10_000, Kind.ORDINARY);
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

    /** From coarse to fine: a race that is open for a stretch of the test is met early, whatever its position. */
    @Test
    void spreadsOverTheTest() {
        List<Placement> plan = Planner.plan(straight(10_000, 1_024, Kind.ORDINARY), Set.of());
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
        List<List<Long>> ticks = new ArrayList<>();
        for (Placement each : planned) {
            ticks.add(List.of(each.offset() + 2L, 51_000L));
        }
        assertThat(Landings.late(trace, planned, ticks)).containsExactly(2L, 2L, 2L);
        assertThat(Landings.late(trace, planned, List.of(List.of(), List.of(7L))))
                .hasSize(1);
        assertThat(trace.corrected(2).delayFor(10)).isEqualTo(trace.delayFor(10) + 2);
    }

    @Test
    void mergesExecutions() {
        assertThat(new Visits(2, 5, 9, 9).and(Visits.once(7))).isEqualTo(new Visits(3, 5, 7, 9));
        assertThat(Visits.once(7).and(Visits.once(3))).isEqualTo(new Visits(2, 3, 7, 7));
        assertThat(Visits.once(20).and(new Visits(4, 1, 2, 8))).isEqualTo(new Visits(5, 1, 2, 20));
    }

    @Test
    void readsWhatItWrote() throws IOException {
        TracedPlan plan = TracedPlan.of(5, loop(), Planner.plan(loop(), Set.of()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        plan.write(bytes);
        TracedPlan read = TracedPlan.read(new ByteArrayInputStream(bytes.toByteArray()));
        assertThat(read.trace()).isEqualTo(loop());
        assertThat(read.delays(0, 40)).isEqualTo(plan.delays(0, 40));
        assertThat(read.place(4)).isEqualTo(plan.place(4));
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
