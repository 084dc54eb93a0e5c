package io.bohrwerk.emulator.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.target.TargetManifest;
import org.junit.jupiter.api.Test;

class LoopInputTest {
    /** 4 ms at shift 4 are 250,000 instructions. */
    static final TargetManifest MANIFEST = TargetManifest.parse("""
            name: driven
            machine: {arch: x86_64, memory: 128MiB}
            boot: {kernel: vmlinuz}
            test:
              driver: console
              reportEvery: 10
              script: [{wait: "# "}, {snapshot: ready}, {loop: "true", spin: 1000}]
            """);

    @Test
    void saysABatchInEightBytes() {
        assertThat(LoopInput.of(MANIFEST, Schedule.fixed(4, 0), 10, 10)).isEqualTo("0A00000\n");
        assertThat(LoopInput.of(MANIFEST, Schedule.fixed(4, 64_999), 4095, 10)).isEqualTo("--00010\n");
        assertThat(LoopInput.of(MANIFEST, Schedule.random(4, 250_000, 7), 64, 10))
                .hasSize(8)
                .startsWith("105");
    }

    @Test
    void tellsSeedsApart() {
        assertThat(LoopInput.of(MANIFEST, Schedule.random(4, 250_000, 7), 64, 10))
                .isNotEqualTo(LoopInput.of(MANIFEST, Schedule.random(4, 250_000, 8), 64, 10));
    }

    @Test
    void refusesWhatAShellCannotDo() {
        refuses(new Schedule(4, 0, 0, 250_000, 7, Align.TICK), 10, 10, "schedule.align: 'tick' must be none");
        refuses(
                new Schedule(4, 0, 1, 250_000, 0, Align.NONE),
                10,
                10,
                "schedule.window: '250000' must be none, or one");
        refuses(
                Schedule.random(4, 1000, 7),
                10,
                10,
                "schedule.window: '1000' must be none, or one timer period of 250000");
        refuses(Schedule.fixed(4, 0), 4096, 10, "iterations: '4096' must be between 1 and 4095");
        refuses(Schedule.fixed(4, 0), 20, 1, "reportEvery: '1' must be the target's, 10");
    }

    private static void refuses(Schedule schedule, int iterations, int reportEvery, String message) {
        assertThatThrownBy(() -> LoopInput.of(MANIFEST, schedule, iterations, reportEvery))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(message);
    }
}
