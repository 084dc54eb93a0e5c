package io.bohrwerk.protocol.when;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.Wire;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WhenCurveTest {
    private static WhenCurve.Point point(long before, @Nullable String symbol, int failures) {
        return new WhenCurve.Point(before, "1000" + before % 10, symbol, 0, 20, failures, 0);
    }

    private static WhenCurve curve(WhenCurve.Point... points) {
        return WhenCurve.of(20_194_711, 445, 62_500, List.of(points), 100, 9_000, false);
    }

    @Test
    void saysFromWhereOnItIsCertain() {
        WhenCurve curve = curve(
                point(160_236, "bw_spin+0x32", 0),
                point(1_511, "trap_debug+0xd", 1),
                point(1_510, "irq_timer+0x0", 20),
                point(16, null, 20));
        assertThat(curve.certainFrom()).isEqualTo(1_510);
        assertThat(curve.summary())
                .isEqualTo(
                        "from 1,510 instructions before its end on (0x10000, in irq_timer+0x0) it fails whatever the timing,"
                                + " in 20 of 20 runs; 1 instruction earlier (0x10001, in trap_debug+0xd) in 1 of 20; 160,236"
                                + " instructions before its end in 0 of 20");
    }

    /** A point from which all runs fail, with one behind it from which some pass, is no edge. */
    @Test
    void takesTheLastEdge() {
        assertThat(curve(point(900, "a", 20), point(90, "b", 19), point(9, "c", 20))
                        .certainFrom())
                .isEqualTo(9);
    }

    @Test
    void saysSoWhenThereIsNoEdge() {
        WhenCurve never = curve(point(900, "a", 0), point(9, "b", 19));
        assertThat(never.certainFrom()).isNull();
        assertThat(never.summary())
                .isEqualTo(
                        "no point was found from which it fails whatever the timing: even 9 instructions before its end"
                                + " 19 of 20 fail");
        WhenCurve always = curve(point(900, "a", 20), point(9, null, 20));
        assertThat(always.certainFrom()).isEqualTo(900);
        assertThat(always.summary()).endsWith("in 20 of 20 runs; no point further back was tried");
    }

    /** Points are done from the farthest on: what is missing are the near ones, of which nothing is known. */
    @Test
    void saysThatItsTimeWasUpWhereItCameToNoEdge() {
        List<WhenCurve.Point> points = List.of(point(9_000, "a", 0), point(3_092, "b", 0));
        assertThat(WhenCurve.of(20_194_711, 445, 62_500, points, 88, 601_000, true)
                        .summary())
                .isEqualTo("its time was up before it came to points from which it fails whatever the timing: 3,092"
                        + " instructions before its end 0 of 20 fail");
    }

    @Test
    void isTheSameAfterItsWayOverTheWire() {
        WhenCurve curve = curve(point(900, "a", 0), point(9, null, 20));
        assertThat(Wire.read(Wire.write(curve), WhenCurve.class)).isEqualTo(curve);
    }

    @Test
    void takesNoPointThatCannotBe() {
        assertThatThrownBy(() -> new WhenCurve.Point(5, "1", null, 0, 20, 15, 6))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("must not be more than runs, 20");
        assertThatThrownBy(() -> new WhenCurve.Point(0, "1", null, 0, 20, 15, 0))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> new WhenCurve.Point(5, "1", null, 0, 0, 0, 0))
                .isInstanceOf(InvalidInputException.class);
    }
}
