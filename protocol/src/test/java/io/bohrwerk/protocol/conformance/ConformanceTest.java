package io.bohrwerk.protocol.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.conformance.Conformance.Answer;
import io.bohrwerk.protocol.conformance.Conformance.Finding;
import io.bohrwerk.protocol.conformance.Conformance.Service;
import io.bohrwerk.protocol.conformance.Conformance.Verdict;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.ExtraInterrupt;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.schedule.Setting;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConformanceTest {
    private static final Answer YES = new Answer(Verdict.YES, "seen");

    @Test
    void survivesTheWire() {
        Conformance conformance = with(Map.of(), "1ms", "999856ns");
        byte[] bytes = Wire.write(conformance);
        assertThat(new String(bytes, java.nio.charset.StandardCharsets.UTF_8))
                .contains("\"version\":1", "\"align=tick\":{\"service\":\"EXACT\"", "\"timerPeriod\":\"999856ns\"");
        assertThat(Wire.read(bytes, Conformance.class)).isEqualTo(conformance);
    }

    @Test
    void refusesANewerVersionAndAMissingKey() {
        String text = Wire.writeText(with(Map.of(), "1ms", null));
        assertThatThrownBy(() -> read(text.replace("\"version\":1", "\"version\":2")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("version");
        assertThatThrownBy(() -> read(text.replaceFirst("\"hz\":\\{[^}]*},", "")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("keys.hz");
        assertThatThrownBy(() -> read(text.replace("\"hz\":", "\"herz\":")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("herz");
    }

    @Test
    void refusesWhatNeedsAKeyThatIsNotServed() {
        Conformance conformance = with(
                Map.of(
                        GuestKey.DELAYS, new Finding(Service.NOT_SERVED, "a list of 1000 each made no difference"),
                        GuestKey.ALIGN, new Finding(Service.UNDECIDED, "the test varies in length")),
                "1ms",
                null);
        assertThat(conformance.served()).doesNotContain(GuestKey.DELAYS).contains(GuestKey.ALIGN, GuestKey.SEED);
        assertThat(conformance.exact()).doesNotContain(GuestKey.DELAYS, GuestKey.ALIGN);
        assertThat(conformance.refusal(GuestKey.neededBy(Schedule.listed(4, List.of(1L), Align.TICK))))
                .contains("the guest does not serve delays: a list of 1000 each made no difference");
        assertThat(conformance.refusal(GuestKey.neededBy(Schedule.random(4, 100, 1))))
                .isEmpty();
    }

    @Test
    void tellsAWrongTimerPeriodFromARoundedOne() {
        assertThat(with(Map.of(), "1ms", "999856ns").wrongTimerPeriod()).isFalse();
        assertThat(with(Map.of(), "4ms", "999856ns").wrongTimerPeriod()).isTrue();
        assertThat(with(Map.of(), "4ms", null).wrongTimerPeriod()).isFalse();
    }

    @Test
    void knowsWhichKeysAScheduleNeeds() {
        assertThat(GuestKey.neededBy(Schedule.fixed(4, 0))).isEmpty();
        assertThat(GuestKey.neededBy(Schedule.fixed(4, 7))).isEqualTo(Set.of(GuestKey.DELAY));
        assertThat(GuestKey.neededBy(new Schedule(4, 0, 3, 10, 0, Align.TICK)))
                .isEqualTo(Set.of(GuestKey.STRIDE, GuestKey.WINDOW, GuestKey.ALIGN));
        assertThat(GuestKey.neededBy(Schedule.random(4, 10, 1))).isEqualTo(Set.of(GuestKey.WINDOW, GuestKey.SEED));
        assertThat(GuestKey.neededBy(
                        Schedule.fixed(4, 0).under(new Setting(null, new ExtraInterrupt(1, 0, null), 100, null, null))))
                .isEqualTo(Set.of(GuestKey.EXTRA, GuestKey.HZ));
    }

    private static Conformance read(String text) {
        return Wire.read(text.getBytes(java.nio.charset.StandardCharsets.UTF_8), Conformance.class);
    }

    private static Conformance with(Map<GuestKey, Finding> findings, String declared, @Nullable String measured) {
        Map<GuestKey, Finding> keys = new EnumMap<>(GuestKey.class);
        for (GuestKey key : GuestKey.values()) {
            keys.put(key, findings.getOrDefault(key, new Finding(Service.EXACT, "seen")));
        }
        return new Conformance(
                Wire.VERSION,
                Digest.of(new byte[0]),
                "7.2.19",
                Instant.parse("2026-12-01T00:00:00Z"),
                keys,
                YES,
                YES,
                YES,
                VirtualTime.parse(declared),
                measured == null ? null : VirtualTime.parse(measured),
                "seen");
    }
}
