package io.bohrwerk.api.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.protocol.batch.UnexpectedPass;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UnexpectedPassesTest {
    @Test
    void batchesAreCountedAndTheFirstIsKept() {
        List<UnexpectedPasses> one = UnexpectedPasses.plus(List.of(), 4, List.of(new UnexpectedPass("icebp", 7)));
        List<UnexpectedPasses> two =
                UnexpectedPasses.plus(one, 2, List.of(new UnexpectedPass("step *", 1), new UnexpectedPass("icebp", 3)));
        assertThat(two)
                .containsExactly(new UnexpectedPasses("icebp", 2, 4, 7), new UnexpectedPasses("step *", 1, 2, 1));
        assertThat(UnexpectedPasses.plus(two, 9, List.of())).isEqualTo(two);
    }

    @Test
    void aHostileGuestDoesNotMakeTheListGrow() {
        List<UnexpectedPasses> all = List.of();
        for (int i = 0; i < 3; i++) {
            int from = i * 200;
            all = UnexpectedPasses.plus(
                    all,
                    i,
                    IntStream.range(from, from + 200)
                            .mapToObj(n -> new UnexpectedPass("subtest " + n, 1))
                            .toList());
        }
        assertThat(all).hasSize(UnexpectedPass.MOST);
    }
}
