package io.bohrwerk.emulator.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.protocol.traced.Place.Kind;
import io.bohrwerk.protocol.traced.TestTrace;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequenceTest {
    private static List<Kind> kinds(long... pcs) {
        Sequence sequence = new Sequence();
        for (long pc : pcs) {
            sequence.add(pc, 0, false, false, () -> "");
        }
        TestTrace trace = sequence.trace(1_000, 10, 10, pcs.length);
        return trace.places().stream().map(each -> each.kind()).toList();
    }

    @Test
    void findsModulesOfAKernelThatLiesAnywhereInTheFirstGigabyte() {
        assertThat(kinds(0xffff_ffff_a8d3_3581L, 0xffff_ffff_a950_0000L, 0xffff_ffff_c02c_e030L))
                .containsExactly(Kind.ORDINARY, Kind.ORDINARY, Kind.MODULE);
        // across the border at which modules would begin if the kernel lay at its usual address
        assertThat(kinds(0xffff_ffff_9f90_0000L, 0xffff_ffff_a010_0000L)).containsExactly(Kind.ORDINARY, Kind.ORDINARY);
    }

    @Test
    void findsModulesOfAKernelAtItsUsualAddress() {
        assertThat(kinds(0xffff_ffff_8120_0000L, 0xffff_ffff_a000_1000L, 0x40_1000L))
                .containsExactly(Kind.ORDINARY, Kind.MODULE, Kind.ORDINARY);
    }

    @Test
    void findsNoneInA32BitKernel() {
        assertThat(kinds(0x10_0000L, 0xc02c_e030L)).containsOnly(Kind.ORDINARY);
    }
}
