package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {
    @Test
    void speaksTheGuestProtocol() {
        Batch batch = new Batch(new Schedule(4, 1, 2, 62_500, 9_007_199_254_740_991L, Align.TICK), 5000, 500);
        assertThat(batch.text())
                .hasSize(256)
                .startsWith(
                        "run first=1 iterations=5000 delay=1 stride=2 window=62500 seed=9007199254740991 align=tick report=500 ");
        assertThat(new Batch(Schedule.listed(4, List.of(7L, 9L), Align.TICK), 2, 1, true).text())
                .hasSize(256)
                .startsWith(
                        "run first=1 iterations=2 delay=0 stride=0 window=0 seed=0 align=tick report=1 delays=2 continue=1 ");
        assertThat(Batch.waiting()).hasSize(256).startsWith("wait ");
    }

    @Test
    void theLongestFits() {
        long largest = 0xffff_ffffL;
        Batch batch = new Batch(
                new Schedule(10, largest, largest, largest, (1L << 53) - 1, Align.TICK),
                Integer.MAX_VALUE,
                Integer.MAX_VALUE);
        assertThat(batch.text()).hasSize(256);
    }
}
