package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.ExtraInterrupt;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.schedule.Setting;
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
        Setting setting = new Setting(null, new ExtraInterrupt(7, 100, 3L), 250, null, null);
        assertThat(new Batch(Schedule.fixed(4, 0).under(setting), 2, 1).text())
                .hasSize(256)
                .startsWith("run first=1 iterations=2 delay=0 stride=0 window=0 seed=0 align=none report=1"
                        + " hz=250 extra=7 extra-window=100 extra-seed=3 shift=4 ");
        assertThat(Batch.waiting()).hasSize(256).startsWith("wait ");
    }

    @Test
    void theLongestFits() {
        long largest = 0xffff_ffffL;
        Batch batch = new Batch(
                new Schedule(10, largest, largest, largest, (1L << 53) - 1, Align.TICK)
                        .under(new Setting(
                                null,
                                new ExtraInterrupt(largest / 2, largest / 2, (1L << 53) - 1),
                                1_000_000,
                                null,
                                null)),
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                true);
        assertThat(batch.text()).hasSize(256);
    }
}
