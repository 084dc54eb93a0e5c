package io.bohrwerk.mergedlog.divergence;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.mergedlog.LogEntry.Cause;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Schedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DivergenceTest {
    private static final Divergence.Side SIDE =
            new Divergence.Side(Divergence.Nearness.SAME_BATCH, Schedule.fixed(4, 0), 2, Outcome.FAILED, 0, 0, false);

    /** {@code D100} is #DB at 0x100, {@code T104} the timer there, {@code T104/8f0} the same on another stack. */
    private static List<Arrival> arrivals(String text) {
        List<Arrival> arrivals = new ArrayList<>();
        for (String word : text.strip().split(" +")) {
            if (!word.isEmpty()) {
                boolean timer = word.charAt(0) == 'T';
                String[] parts = word.substring(1).split("/");
                arrivals.add(new Arrival(
                        timer ? 0x20 : 1,
                        timer ? "IRQ 0x20" : "#DB",
                        timer ? Cause.HARDWARE : Cause.EXCEPTION,
                        0,
                        parts[0],
                        parts.length > 1 ? parts[1] : "900",
                        null));
            }
        }
        return arrivals;
    }

    private static Divergence of(String failing, String passing) {
        return Divergence.of(SIDE, arrivals(failing), SIDE, arrivals(passing));
    }

    private static String rows(Divergence divergence) {
        List<String> rows = new ArrayList<>();
        for (Divergence.Row row : divergence.rows()) {
            rows.add(word(row.failing()) + (row.same() ? "=" : "|") + word(row.passing()));
        }
        return String.join(" ", rows);
    }

    private static String word(@org.jspecify.annotations.Nullable Arrival arrival) {
        return arrival == null ? "" : (arrival.vector() == 1 ? "D" : "T") + arrival.ip();
    }

    @Test
    void aTimerThatComesElsewhereStandsBesideItself() {
        Divergence divergence = of("D100 T204 D300", "D100 T208 D300");
        assertThat(rows(divergence)).isEqualTo("D100=D100 T204|T208 D300=D300");
        assertThat(divergence.first()).isEqualTo(1);
        assertThat(divergence.firstOfGuest()).isNull();
        assertThat(divergence.summary())
                .isEqualTo("IRQ 0x20 comes at 0x204 in the failing iteration, at 0x208 in the passing one");
    }

    @Test
    void whatComesOnOneSideOnly() {
        Divergence divergence = of("D100 T204", "D100");
        assertThat(rows(divergence)).isEqualTo("D100=D100 T204|");
        assertThat(divergence.summary())
                .isEqualTo("IRQ 0x20 comes at 0x204 in the failing iteration, and not in the passing one");
        assertThat(of("", "D100").summary())
                .isEqualTo("#DB comes at 0x100 in the passing iteration, and not in the failing one");
    }

    @Test
    void theGuestsOwnWayIsToldFromTheDevices() {
        Divergence divergence = of("D100 T204 D300 D400", "D100 T208 D300 D404 D500");
        assertThat(rows(divergence)).isEqualTo("D100=D100 T204|T208 D300=D300 D400|D404 |D500");
        assertThat(divergence.first()).isEqualTo(1);
        assertThat(divergence.firstOfGuest()).isEqualTo(3);
    }

    @Test
    void theStackCounts() {
        assertThat(of("D100/8f0", "D100").summary()).contains("on another stack: 8f0 and 900");
    }

    @Test
    void sameIterationsDoNotDiverge() {
        Divergence divergence = of("D100 T204", "D100 T204");
        assertThat(divergence.first()).isNull();
        assertThat(divergence.summary()).contains("are the same");
        assertThat(of("", "").rows()).isEmpty();
    }

    @Test
    void onlyWhatIsNearIsShown() {
        String same = "D100 ".repeat(500);
        Divergence divergence = of(same + "T1" + " D200".repeat(5000), same + "T2" + " D300".repeat(5000));
        assertThat(divergence.sameBefore()).isEqualTo(480);
        assertThat(divergence.first()).isEqualTo(20);
        assertThat(divergence.rows()).hasSize(220);
    }

    /** Whatever the two sides are: every arrival once, in its order, on its side. */
    @Test
    void nothingIsLostOrChangesItsPlace() {
        SplittableRandom random = new SplittableRandom(1);
        for (int round = 0; round < 500; round++) {
            String[] sides = new String[2];
            for (int side = 0; side < 2; side++) {
                StringBuilder text = new StringBuilder();
                for (int i = random.nextInt(12); i > 0; i--) {
                    text.append(random.nextBoolean() ? "T" : "D")
                            .append(random.nextInt(4))
                            .append(' ');
                }
                sides[side] = text.toString();
            }
            Divergence divergence = of(sides[0], sides[1]);
            assertThat(divergence.rows().stream()
                            .map(Divergence.Row::failing)
                            .filter(Objects::nonNull)
                            .toList())
                    .isEqualTo(arrivals(sides[0]));
            assertThat(divergence.rows().stream()
                            .map(Divergence.Row::passing)
                            .filter(Objects::nonNull)
                            .toList())
                    .isEqualTo(arrivals(sides[1]));
            assertThat(divergence.first() == null)
                    .isEqualTo(Arrays.equals(
                            arrivals(sides[0]).toArray(), arrivals(sides[1]).toArray()));
        }
    }

    @Test
    void goesOverTheWire() {
        Divergence divergence = of("D100 T204", "D100 T208");
        assertThat(Wire.read(Wire.write(divergence), Divergence.class)).isEqualTo(divergence);
    }
}
