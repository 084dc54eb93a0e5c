package io.bohrwerk.protocol.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.TraceRequest;
import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.protocol.traced.Aim;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SettingTest {
    private static final TargetManifest LINUX =
            TargetManifest.parse("{name: n, machine: {arch: x86_64, memory: 128MiB}, boot: {kernel: k}, test: {}}");

    @Test
    void travelsInTheSchedule() {
        Schedule schedule = Schedule.random(4, 62_500, 7).under(new Setting(CpuModel.CORE2DUO));
        assertThat(Wire.writeText(schedule)).contains("\"setting\":{\"cpu\":\"core2duo\"}");
        assertThat(Wire.read(Wire.write(schedule), Schedule.class)).isEqualTo(schedule);
        TraceRequest trace = new TraceRequest(
                1,
                new UUID(1, 2),
                new UUID(3, 4),
                1,
                Digest.of(new byte[1]),
                4,
                new Setting(CpuModel.MAX),
                new Aim(List.of("trap", "syscall:26")));
        assertThat(Wire.read(Wire.write(trace), TraceRequest.class)).isEqualTo(trace);
    }

    @Test
    void isNotWrittenWhereNothingIsOtherThanUsual() {
        Schedule usual = Schedule.random(4, 62_500, 7);
        assertThat(usual.under(Setting.USUAL)).isEqualTo(usual);
        assertThat(Wire.writeText(usual)).doesNotContain("setting");
        byte[] old = "{\"shift\":4,\"delay\":0,\"stride\":0,\"window\":62500,\"seed\":7,\"align\":\"none\"}"
                .getBytes(StandardCharsets.UTF_8);
        assertThat(Wire.read(old, Schedule.class)).isEqualTo(usual);
    }

    @Test
    void givesTheTargetAnotherProcessor() {
        assertThat(LINUX.machine().model()).isEqualTo(CpuModel.QEMU64);
        TargetManifest other = LINUX.under(new Setting(CpuModel.NEHALEM));
        assertThat(other.machine().model()).isEqualTo(CpuModel.NEHALEM);
        assertThat(other.boot()).isEqualTo(LINUX.boot());
        assertThat(LINUX.under(null)).isSameAs(LINUX);
        TargetManifest chosen = TargetManifest.parse(
                "{name: n, machine: {arch: i386, memory: 16MiB, cpu: pentium3}, boot: {kernel: k}, test: {}}");
        assertThat(chosen.machine().model()).isEqualTo(CpuModel.PENTIUM3);
        assertThat(chosen.under(Setting.USUAL)).isSameAs(chosen);
    }

    @Test
    void eachBatchDrawsItsExtraInterruptsAnew() {
        Setting job = new Setting(null, new ExtraInterrupt(10, 1_000, null), null, null, null).seeded(42);
        ExtraInterrupt first = Objects.requireNonNull(job.ofBatch(0).extra());
        ExtraInterrupt second = Objects.requireNonNull(job.ofBatch(1).extra());
        assertThat(first).isNotEqualTo(second).isEqualTo(job.ofBatch(0).extra());
        assertThat(job.seeded(7)).isEqualTo(job);
        long sum = 0;
        for (int k = 0; k < 1_000; k++) {
            assertThat(first.at(k)).isBetween(10L, 1_009L);
            sum += first.at(k);
        }
        assertThat(sum / 1_000.0).isBetween(450.0, 570.0);
        assertThat(Wire.read(Wire.write(job), Setting.class)).isEqualTo(job);
        Setting fixed = new Setting(null, new ExtraInterrupt(10, 0, 3L), null, null, null);
        assertThat(fixed.ofBatch(5)).isEqualTo(fixed);
        assertThat(Wire.writeText(fixed)).isEqualTo("{\"extra\":{\"offset\":10,\"window\":0}}");
    }

    /** What is as usual is not said, so that it equals what was never asked for. */
    @Test
    void onlyWhatIsOtherIsHeld() {
        assertThat(new Setting(null, null, null, false, true)).isEqualTo(Setting.USUAL);
        Setting free = new Setting(null, null, null, true, false);
        assertThat(Wire.writeText(free)).isEqualTo("{\"logging\":true,\"icount\":false}");
        assertThat(Wire.read(Wire.write(free), Setting.class)).isEqualTo(free);
        assertThat(Setting.counted(free)).isFalse();
        assertThat(Setting.counted(null)).isTrue();
    }

    @Test
    void aTargetSaysWhatItsAgentCanDo() {
        Setting extra = new Setting(null, new ExtraInterrupt(10, 0, null), null, null, null);
        Setting hertz = new Setting(null, null, 500, null, null);
        assertThatThrownBy(() -> LINUX.under(extra)).hasMessageContaining("setting.extra: ");
        assertThatThrownBy(() -> LINUX.under(hertz)).hasMessageContaining("the tick is compiled in");
        TargetManifest able =
                TargetManifest.parse("{name: n, machine: {arch: i386, memory: 16MiB, timerHz: [100, 1000]},"
                        + " boot: {kernel: k}, test: {extraInterrupt: true}}");
        assertThat(able.under(extra).machine()).isEqualTo(able.machine());
        assertThat(able.under(hertz).machine().timerPeriod()).isEqualTo(VirtualTime.parse("2ms"));
        assertThat(Wire.read(Wire.write(able), TargetManifest.class)).isEqualTo(able);
        assertThatThrownBy(() -> able.under(new Setting(null, null, 2_000, null, null)))
                .hasMessage("setting.timerHz: '2000' must be between 100 and 1000, as the target's machine has it");
        assertThatThrownBy(() -> able.under(new Setting(null, extra.extra(), null, null, false)))
                .hasMessageContaining("needs counted instructions");
        assertThatThrownBy(() -> TargetManifest.parse("{name: n, machine: {arch: i386, memory: 16MiB, timerHz: [100]},"
                        + " boot: {kernel: k}, test: {}}"))
                .hasMessageContaining("machine.timerHz")
                .hasMessageContaining("must be two numbers");
        byte[] far = "{\"extra\":{\"offset\":4294967295,\"window\":1}}".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Wire.read(far, Setting.class))
                .hasMessageContaining("extra.window: '1' must not lead past");
    }

    @Test
    void refusesWhatNoMachineCanBe() {
        assertThatThrownBy(() -> LINUX.under(new Setting(CpuModel.PENTIUM3)))
                .hasMessage("setting.cpu: 'pentium3' must have a 64-bit mode: the target is for x86_64");
        byte[] unknown = "{\"cpu\":\"z80\"}".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Wire.read(unknown, Setting.class))
                .hasMessageStartingWith("cpu: 'z80' must be one of pentium3, athlon, ");
    }
}
