package io.bohrwerk.protocol.traced;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.traced.Place.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AimTest {
    private static Place place(long pc, Kind kind, String symbol, int vector, int number, int privilege) {
        return new Place(pc, new Place.Context(0, vector, number, 1, privilege, false), kind, symbol);
    }

    private static final Place TRAP = place(0xc0100010L, Kind.TRAP, "trap", 1, -1, 0);
    private static final Place DBREGS = place(0xffff_ffff_8100_0000L, Kind.SYSCALL, "x86_dbregs_clear", 128, 26, 0);
    private static final Place MODULE = place(0xffff_ffff_c000_0000L, Kind.MODULE, "", 256, 1, 0);
    private static final Place TEST = place(0x401000, Kind.ORDINARY, "main", 511, -1, 3);

    private static boolean aims(String word, Place place) {
        return new Aim(List.of(word)).matches(place);
    }

    @Test
    void matchesByEachKindOfWord() {
        assertThat(aims("trap", TRAP)).isTrue();
        assertThat(aims("tra", TRAP)).isFalse();
        assertThat(aims("x86_dbregs_*", DBREGS)).isTrue();
        assertThat(aims("x86_dbregs_?lear", DBREGS)).isTrue();
        assertThat(aims("x86.dbregs_*", DBREGS)).isFalse();
        assertThat(aims("0xc0100000-0xc0100010", TRAP)).isFalse();
        assertThat(aims("0xc0100000-0xc0100011", TRAP)).isTrue();
        assertThat(aims("0xffffffff81000000-0xffffffff82000000", DBREGS)).isTrue();
        assertThat(aims("syscall:26", DBREGS)).isTrue();
        assertThat(aims("syscall:26", MODULE)).isFalse();
        assertThat(aims("vector:1", TRAP)).isTrue();
        assertThat(aims("module:*", MODULE)).isTrue();
        assertThat(aims("user", TEST)).isTrue();
        assertThat(aims("user", TRAP)).isFalse();
        assertThat(new Aim(List.of("main", "trap")).matches(TEST)).isTrue();
        assertThat(Aim.NONE.matches(TRAP)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a b", "module:widget", "syscall:ptrace", "0xc0101000-0xc0100000", "trap;ls", "process:test"
            })
    void refusesOtherWords(String word) {
        assertThatThrownBy(() -> new Aim(List.of(word))).hasMessageContaining("aim");
    }

    @Test
    void travelsAsAList() {
        Aim aim = new Aim(List.of("trap", "syscall:26"));
        assertThat(Wire.writeText(aim)).isEqualTo("[\"trap\",\"syscall:26\"]");
        assertThat(Wire.read(Wire.write(aim), Aim.class)).isEqualTo(aim);
    }

    private static TestTrace trace(Place... places) {
        List<Visits> visits = new ArrayList<>();
        for (int i = 0; i < places.length; i++) {
            visits.add(Visits.once(i));
        }
        return new TestTrace(10_000, 20, 0, places.length, 0, Arrays.asList(places), visits);
    }

    @Test
    void offersNearNamesForOneThatMatchesNothing() {
        TestTrace trace = trace(TRAP, DBREGS, TEST);
        new Aim(List.of("trap", "user")).requireMet(trace);
        assertThatThrownBy(() -> new Aim(List.of("trap", "dbregs_clear*")).requireMet(trace))
                .hasMessageContaining("dbregs_clear*")
                .hasMessageContaining("near it are x86_dbregs_clear");
        assertThatThrownBy(() -> new Aim(List.of("trop")).requireMet(trace)).hasMessageContaining("near it are trap");
        assertThatThrownBy(() -> new Aim(List.of("vector:3")).requireMet(trace)).hasMessageContaining("vector:3");
        assertThatThrownBy(() -> new Aim(List.of("trap")).requireMet(trace(MODULE)))
                .hasMessageContaining("names of its functions are not known");
    }

    @Test
    void comesBeforeAllElse() {
        TestTrace trace = trace(MODULE, TRAP, DBREGS, TEST);
        List<Placement> plan = Planner.plan(trace, Set.of(), new Aim(List.of("user")));
        assertThat(plan).extracting(Placement::place).startsWith(3, 0).hasSize(4);
    }
}
