package io.bohrwerk.protocol.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
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

    /** The lists that the agent in the guest is tested against too. */
    @Test
    void agreesWithTheGoldenLists() throws IOException {
        List<String[]> vectors =
                lines("delays-list.golden").map(line -> line.split(" ")).toList();
        assertThat(vectors).hasSizeGreaterThan(5);
        for (String[] vector : vectors) {
            byte[] file = HexFormat.of().parseHex(vector[0]);
            ByteBuffer words = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
            List<Long> delays = new ArrayList<>();
            while (words.hasRemaining()) {
                delays.add(Integer.toUnsignedLong(words.getInt()));
            }
            Schedule schedule = Schedule.listed(4, delays, Align.TICK);
            assertThat(Delays.file(schedule)).isEqualTo(file);
            assertThat(Delays.before(schedule, Long.parseLong(vector[1]))).isEqualTo(Long.parseLong(vector[2]));
        }
        assertThat(Delays.file(Schedule.fixed(4, 7))).containsExactly(0, 0, 0, 0);
    }

    @Test
    void aListIsBoundedAndStandsAlone() {
        refused("delays", () -> Schedule.listed(4, Collections.nCopies(16_385, 0L), Align.TICK));
        refused("delays[1]", () -> Schedule.listed(4, List.of(1L, 1L << 32), Align.TICK));
        refused("delays", () -> new Schedule(4, 1, 0, 0, 0, Align.TICK, List.of(1L)));
        Schedule two = Schedule.listed(4, List.of(5L, 9L), Align.TICK);
        assertThat(two.longestDelay()).isEqualTo(9);
        two.requireServes(2);
        refused("iterations", () -> two.requireServes(3));
        assertThat(new Schedule(4, 7, 0, 10, 1, Align.NONE).longestDelay()).isEqualTo(17);
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
        return lines("delays.golden")
                .map(line -> Arrays.stream(line.split(" "))
                        .mapToLong(Long::parseUnsignedLong)
                        .toArray())
                .toList();
    }

    private static Stream<String> lines(String file) throws IOException {
        try (InputStream in = Objects.requireNonNull(DelaysTest.class.getResourceAsStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank());
        }
    }
}
