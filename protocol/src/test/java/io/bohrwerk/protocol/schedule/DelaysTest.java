package io.bohrwerk.protocol.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.InvalidInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DelaysTest {
    /** The vectors that the agent in the guest is tested against too. */
    @Test
    void agreesWithTheGoldenVectors() throws IOException {
        List<long[]> vectors = golden();
        assertThat(vectors).hasSizeGreaterThan(50);
        for (long[] v : vectors) {
            assertThat(Delays.of(v[0], v[1], v[2], v[3], v[4]))
                    .as("delay %d stride %d window %d seed %d k %d", v[0], v[1], v[2], v[3], v[4])
                    .isEqualTo(v[5]);
            assertThat(v[5]).isBetween(v[0], v[0] + Math.max(0, v[2] - 1));
        }
    }

    /** The JDK's generator adds its constant to the state before it mixes, as ours does to its argument. */
    @Test
    void mixesAsTheJdkDoes() {
        assertThat(Delays.splitmix64(12345)).isEqualTo(new SplittableRandom(12345).nextLong());
    }

    @Test
    void namesTheFieldOfAScheduleThatIsOutOfBounds() {
        refused("shift", () -> Schedule.fixed(11, 0));
        refused("shift", () -> Schedule.fixed(-1, 0));
        refused("delay", () -> Schedule.fixed(0, -1));
        refused("delay", () -> Schedule.fixed(0, 1L << 32));
        refused("window", () -> Schedule.random(0, 1L << 32, 1));
        refused("seed", () -> Schedule.random(0, 1, 1L << 53));
        assertThat(new Schedule(10, (1L << 32) - 1, (1L << 32) - 1, (1L << 32) - 1, (1L << 53) - 1, Align.TICK))
                .isNotNull();
    }

    private static void refused(String field, org.assertj.core.api.ThrowableAssert.ThrowingCallable making) {
        assertThatThrownBy(making)
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.field()).isEqualTo(field));
    }

    private static List<long[]> golden() throws IOException {
        try (InputStream in = Objects.requireNonNull(DelaysTest.class.getResourceAsStream("delays.golden"));
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return lines.lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .map(line -> Arrays.stream(line.split(" "))
                            .mapToLong(Long::parseUnsignedLong)
                            .toArray())
                    .toList();
        }
    }
}
