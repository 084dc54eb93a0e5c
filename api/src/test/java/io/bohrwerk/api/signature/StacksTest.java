package io.bohrwerk.api.signature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StacksTest {
    @ParameterizedTest
    @CsvSource({
        // the same
        "a b c, a b c, 3, true",
        "a, a, 1, true",
        // two of three, in one order, wherever they stand
        "a b c, a x b, 2, true",
        "a b c, x a b, 2, true",
        "a b c, b c x, 2, true",
        // the other way round
        "a b c, c b a, 1, false",
        "a b c, a x y, 1, false",
        "a b c, x y z, 0, false",
        // one frame is too little, unless it is all there is
        "a, a b, 1, false",
        // what is further out does not count
        "a b c d e, x y z d e, 0, false",
        "a b c d, a b c x, 3, true"
    })
    void theTopFramesCount(String one, String other, int common, boolean alike) {
        List<String> a = List.of(one.split(" "));
        List<String> b = List.of(other.split(" "));
        assertThat(Stacks.common(a, b)).isEqualTo(common).isEqualTo(Stacks.common(b, a));
        assertThat(Stacks.alike(a, b)).isEqualTo(alike).isEqualTo(Stacks.alike(b, a));
        assertThat(Stacks.alike(a, List.of())).isFalse();
        assertThat(Stacks.alike(List.of(), List.of())).isFalse();
    }
}
