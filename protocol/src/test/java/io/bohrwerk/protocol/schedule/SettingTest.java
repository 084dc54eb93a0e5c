package io.bohrwerk.protocol.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.TraceRequest;
import io.bohrwerk.protocol.target.TargetManifest;
import java.nio.charset.StandardCharsets;
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
                1, new UUID(1, 2), new UUID(3, 4), 1, Digest.of(new byte[1]), 4, new Setting(CpuModel.MAX));
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
    void refusesWhatNoMachineCanBe() {
        assertThatThrownBy(() -> LINUX.under(new Setting(CpuModel.PENTIUM3)))
                .hasMessage("cpu: 'pentium3' must have a 64-bit mode: the target is for x86_64");
        byte[] unknown = "{\"cpu\":\"z80\"}".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Wire.read(unknown, Setting.class))
                .hasMessageStartingWith("cpu: 'z80' must be one of pentium3, athlon, ");
    }
}
