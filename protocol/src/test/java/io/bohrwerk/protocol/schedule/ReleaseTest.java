package io.bohrwerk.protocol.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReleaseTest {
    private static final String BACKPORTS =
            "qemu-system-i386: QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2+deb13u1~bpo12+1)";

    @ParameterizedTest
    @CsvSource({"10,true", "10.0,true", "10.0.2,true", "1,false", "10.0.20,false", "10.0.2.1,false", "7.2,false"})
    void isServedByWhatBeginsWithIt(String number, boolean served) {
        assertThat(new Release(number).servedBy(BACKPORTS)).isEqualTo(served);
    }

    @Test
    void readsANumberOutOfAVersion() {
        assertThat(Release.in(BACKPORTS)).isEqualTo("10.0.2");
        assertThat(Release.in("QEMU emulator version 9.2.50")).isEqualTo("9.2.50");
        assertThat(Release.in("something else")).isEqualTo("something else");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.", ".0", "ten", "10.0.2-rc1", "10,0", "1.2.3.4.5", "%"})
    void refusesWhatIsNoNumber(String number) {
        assertThatThrownBy(() -> new Release(number)).isInstanceOf(InvalidInputException.class);
        byte[] text = ("{\"emulator\":\"" + number + "\"}").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Wire.read(text, Setting.class))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("emulator");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.10", "10"})
    void asksForQuotes(String number) {
        byte[] text = ("{\"emulator\":" + number + "}").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Wire.read(text, Setting.class))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("emulator")
                .hasMessageContaining("write it in quotes");
    }

    @Test
    void isPartOfASetting() {
        Setting setting = new Setting(new Release("10.0"));
        assertThat(Wire.writeText(setting)).isEqualTo("{\"emulator\":\"10.0\"}");
        assertThat(Wire.read(Wire.write(setting), Setting.class)).isEqualTo(setting);
        assertThat(setting.seeded(3).ofBatch(4)).isEqualTo(setting);
        assertThat(setting.usual()).isFalse();
        assertThat(Setting.on(null, setting)).isNull();
        assertThat(Setting.on(new Release("10.0"), null)).isEqualTo(setting);
        assertThat(Setting.on(null, new Setting(CpuModel.MAX, null, null, null, null, new Release("7"))))
                .isEqualTo(new Setting(CpuModel.MAX));
    }
}
