package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.emulator.Passes.Mark;
import io.bohrwerk.emulator.Passes.Window;
import java.util.List;
import org.junit.jupiter.api.Test;

class PassesTest {
    /** Reports every 10 iterations, looked at every 100 instructions; the batch fails in iteration 37. */
    private static final Passes PASSES = new Passes(
            List.of(
                    new Mark(1000, 0),
                    new Mark(1100, 0),
                    new Mark(1200, 10),
                    new Mark(1300, 10),
                    new Mark(1400, 20),
                    new Mark(1500, 30),
                    new Mark(1555, 37)),
            37);

    @Test
    void aWindowBeginsBeforeTheReportBeforeIt() {
        assertThat(PASSES.covering(1, 10)).isEqualTo(new Window(1000, 1200, 1, 10));
        assertThat(PASSES.covering(10, 11)).isEqualTo(new Window(1000, 1400, 1, 20));
        assertThat(PASSES.covering(11, 11)).isEqualTo(new Window(1100, 1400, 11, 20));
        assertThat(PASSES.covering(15, 30)).isEqualTo(new Window(1100, 1500, 11, 30));
        assertThat(PASSES.covering(21, 21)).isEqualTo(new Window(1300, 1500, 21, 30));
    }

    @Test
    void aWindowToTheLastIterationEndsWithTheBatch() {
        assertThat(PASSES.covering(37, 37)).isEqualTo(new Window(1400, Long.MAX_VALUE, 31, 37));
        assertThat(PASSES.covering(1, 37)).isEqualTo(new Window(1000, Long.MAX_VALUE, 1, 37));
    }

    @Test
    void aWindowThatDoesNotExistIsRefused() {
        assertThatThrownBy(() -> PASSES.covering(0, 1)).hasMessage("iterations: '0-1' must lie between 1 and 37");
        assertThatThrownBy(() -> PASSES.covering(5, 4)).hasMessageContaining("5-4");
        assertThatThrownBy(() -> PASSES.covering(5, 38)).hasMessageContaining("5-38");
    }
}
