package io.bohrwerk.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.emulator.conformance.Conformer;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.conformance.Conformance;
import io.bohrwerk.protocol.conformance.Conformance.Service;
import io.bohrwerk.protocol.conformance.Conformance.Verdict;
import io.bohrwerk.protocol.conformance.GuestKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Guests that serve all of the protocol, and some that break one rule each. */
class ConformerTest {
    private static final Set<GuestKey> FOREIGN = EnumSet.complementOf(EnumSet.of(GuestKey.HZ, GuestKey.EXTRA));

    @TempDir
    private static Path directory;

    private static Emulator emulator;

    @BeforeAll
    static void open() throws Exception {
        emulator = Emulator.open(EmulatorSettings.in(directory.resolve("machines")));
    }

    private static Conformance.Finding of(Conformance found, GuestKey key) {
        return Objects.requireNonNull(found.keys().get(key));
    }

    @AfterAll
    static void close() {
        emulator.close();
    }

    private static Conformance check(TargetFiles target) throws Exception {
        Path ready = directory.resolve("ready.qcow2");
        try (Machine machine = emulator.machine(target)) {
            Files.move(machine.prepare(), ready, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        Conformance found = Conformer.check(emulator, target, Digest.of(new byte[0]), ready, 0)
                .conformance();
        return found;
    }

    private static Conformance foreign(String variant) throws Exception {
        return check(Guests.foreign(variant));
    }

    @Test
    void aGuestWrittenFromTheProtocolsPageServesAllThatItSays() throws Exception {
        Conformance found = foreign("WHOLE");
        assertThat(found.exact()).isEqualTo(FOREIGN);
        assertThat(found.served()).isEqualTo(FOREIGN);
        assertThat(found.stopsAfterFailure().verdict()).isEqualTo(Verdict.YES);
        assertThat(found.repeats().verdict()).isEqualTo(Verdict.YES);
        assertThat(found.replays().verdict()).isEqualTo(Verdict.YES);
        assertThat(found.wrongTimerPeriod()).isFalse();
        assertThat(found.sound()).isTrue();
    }

    /** Without a window there is nothing to draw from. */
    @ParameterizedTest
    @CsvSource({
        "NO_DELAY, DELAY",
        "NO_STRIDE, STRIDE",
        "NO_WINDOW, WINDOW STRIDE SEED",
        "NO_SEED, SEED",
        "NO_DELAYS, DELAYS",
        "NO_ALIGN, ALIGN",
        "NO_REPORT, REPORT",
        "NO_CONTINUE, CONTINUE"
    })
    void namesTheKeyThatIsNotServed(String variant, String missing) throws Exception {
        Conformance found = foreign(variant);
        Set<GuestKey> rest = EnumSet.copyOf(FOREIGN);
        for (String key : missing.split(" ")) {
            rest.remove(GuestKey.valueOf(key));
        }
        assertThat(found.served()).isEqualTo(rest);
        assertThat(found.exact()).isEqualTo(rest);
    }

    @Test
    void seesThatAFailingIterationDoesNotEndTheBatch() throws Exception {
        Conformance found = foreign("GOES_ON");
        assertThat(found.stopsAfterFailure().verdict()).isEqualTo(Verdict.NO);
        assertThat(found.stopsAfterFailure().note()).contains("@bw fail ", " went on");
        assertThat(found.exact()).isEqualTo(FOREIGN);
        assertThat(found.sound()).isFalse();
    }

    @Test
    void seesThatEachTurnOfADelayTakesAnInstructionTooMany() throws Exception {
        Conformance found = foreign("OFF_BY_ONE");
        assertThat(of(found, GuestKey.DELAY).service()).isEqualTo(Service.INEXACT);
        assertThat(of(found, GuestKey.DELAYS).service()).isEqualTo(Service.INEXACT);
        // Of the drawn ones a failing iteration may leave one undecided.
        for (GuestKey key : Set.of(GuestKey.STRIDE, GuestKey.WINDOW, GuestKey.SEED)) {
            assertThat(of(found, key).service()).as(key.word()).isIn(Service.INEXACT, Service.UNDECIDED);
        }
        assertThat(of(found, GuestKey.DELAY).note()).contains("+49.9 %");
        assertThat(found.sound()).isFalse();
    }

    @Test
    void saysTheRightPeriodOfATimer() throws Exception {
        Conformance found = foreign("FREQUENCY=250");
        assertThat(found.wrongTimerPeriod()).isTrue();
        assertThat(Objects.requireNonNull(found.timerPeriod()).nanos()).isBetween(3_990_000L, 4_010_000L);
        assertThat(found.exact()).isEqualTo(FOREIGN);
        assertThat(found.timer()).contains("target.yaml says 1ms");
    }

    /** Where the host ends each batch, only words can be compared. */
    @Test
    void saysWhatCannotBeDecidedOfAGuestThatDoesNotStop() throws Exception {
        Conformance found = foreign("NO_STOP");
        assertThat(of(found, GuestKey.DELAY).service()).isEqualTo(Service.UNDECIDED);
        assertThat(of(found, GuestKey.REPORT).service()).isEqualTo(Service.EXACT);
        assertThat(found.replays().verdict()).isEqualTo(Verdict.YES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86-debug-register-race", "race-lost-update", "race-torn-read"})
    void ourOwnGuestsServeAll(String name) throws Exception {
        Conformance found = check(Guests.race(name));
        Map<GuestKey, Conformance.Finding> keys = found.keys();
        assertThat(found.served()).isEqualTo(EnumSet.allOf(GuestKey.class));
        keys.forEach((key, finding) -> assertThat(finding.service())
                .as(key.word() + ": " + finding.note())
                .isIn(Service.EXACT, key == GuestKey.CONTINUE ? Service.UNDECIDED : Service.EXACT));
        assertThat(found.sound()).isTrue();
    }
}
