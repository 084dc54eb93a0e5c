package io.bohrwerk.mergedlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogParserTest {
    private record Entry(LogShape shape, String text, List<long[]> pieces) {
        @Override
        public String toString() {
            return shape + " " + text;
        }
    }

    private static final class Entries implements LogParser.Sink {
        private final List<Entry> all = new ArrayList<>();

        @Override
        public void emulator(LogShape shape, byte[] bytes, int from, int to, long offset) {
            LogEntry.of(shape, bytes, from, to);
            all.add(new Entry(
                    shape,
                    new String(bytes, from, to - from, StandardCharsets.ISO_8859_1),
                    List.of(new long[] {offset, to - from})));
        }

        @Override
        public void guest(byte[] text, int length, long[] offsets, int[] lengths, int pieces) {
            LogEntry.of(LogShape.GUEST, text, 0, length);
            List<long[]> ranges = new ArrayList<>();
            for (int i = 0; i < pieces; i++) {
                ranges.add(new long[] {offsets[i], lengths[i]});
            }
            all.add(new Entry(LogShape.GUEST, new String(text, 0, length, StandardCharsets.ISO_8859_1), ranges));
        }
    }

    private static List<Entry> parse(byte[] log, SplittableRandom cuts) {
        Entries entries = new Entries();
        LogParser parser = new LogParser(entries);
        for (int at = 0; at < log.length; ) {
            int n = Math.min(log.length - at, 1 + cuts.nextInt(cuts.nextBoolean() ? 7 : 70_000));
            parser.feed(log, at, n);
            at += n;
        }
        parser.finish();
        return entries.all;
    }

    private static List<Entry> parse(String log) {
        return parse(log.getBytes(StandardCharsets.ISO_8859_1), new SplittableRandom(1));
    }

    static byte[] golden(String name) throws IOException {
        try (InputStream in = LogParserTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    /** Every byte is in exactly one piece, and an entry's text is its pieces. */
    private static void assertGivesBack(byte[] log, List<Entry> entries) {
        boolean[] seen = new boolean[log.length];
        for (Entry entry : entries) {
            StringBuilder text = new StringBuilder();
            for (long[] piece : entry.pieces) {
                int from = (int) piece[0];
                int to = (int) (piece[0] + piece[1]);
                text.append(new String(log, from, to - from, StandardCharsets.ISO_8859_1));
                for (int i = from; i < to; i++) {
                    assertThat(seen[i]).as("byte %d again", i).isFalse();
                    seen[i] = true;
                }
            }
            assertThat(entry.text).isEqualTo(text.toString());
        }
        for (int i = 0; i < seen.length; i++) {
            if (!seen[i]) {
                throw new AssertionError("byte " + i + " is lost");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"i386-int.log", "x86_64-int.log", "x86_64-int80.log", "i386-exec.log", "i386-in_asm.log"})
    void goldenLogsComeApartAsTheyDid(String name) throws IOException {
        byte[] log = golden(name);
        List<Entry> entries = parse(log, new SplittableRandom(3));
        assertGivesBack(log, entries);
        StringBuilder lines = new StringBuilder();
        for (Entry entry : entries) {
            byte[] bytes = entry.text.getBytes(StandardCharsets.ISO_8859_1);
            lines.append(entry.pieces.get(0)[0])
                    .append(' ')
                    .append(bytes.length)
                    .append(entry.pieces.size() > 1 ? " in " + entry.pieces.size() + " pieces " : " ")
                    .append(LogEntry.of(entry.shape, bytes, 0, bytes.length))
                    .append('\n');
        }
        String expected = new String(golden(name.replace(".log", ".entries")), StandardCharsets.UTF_8);
        assertThat(lines.toString()).isEqualTo(expected);
    }

    private static final String TRAP = "check_exception old: 0xffffffff new 0x1\n"
            + "     0: v=01 e=0000 i=0 cpl=0 IP=0008:00100fba pc=00100fba SP=0010:00105f3c env->regs[R_EAX]=00000947\n"
            + "EAX=00000947 EBX=00000947 ECX=00119010 EDX=00118000\nEFER=0000000000000000\n";

    @Test
    void aBrokenLineOfTheGuestsIsPutTogether() {
        String alone =
                "     1: v=80 e=0000 i=1 cpl=3 IP=001b:00001000 pc=00001000 SP=0023:00002000 env->regs[R_EAX]=00000004\n";
        List<Entry> entries =
                parse("@bw p" + TRAP + "as" + alone + "s " + "Servicing hardware INT=0x20\n" + "17\nlast");
        assertThat(entries)
                .extracting(Entry::toString)
                .containsExactly(
                        "INTERRUPT " + TRAP,
                        "INTERRUPT " + alone,
                        "INTERRUPT Servicing hardware INT=0x20\n",
                        "GUEST @bw pass 17\n",
                        "GUEST last");
    }

    @Test
    void dashesAreTheGuestsUnlessInstructionsFollow() {
        assertThat(parse("a------------------\nb\n----------------\nIN: x\n0x1:  c3  ret\n\nc\n----------------\n"))
                .extracting(Entry::toString)
                .containsExactly(
                        "GUEST a------------------\n",
                        "GUEST b\n",
                        "IN_ASM ----------------\nIN: x\n0x1:  c3  ret\n\n",
                        "GUEST c\n",
                        "GUEST ----------------\n");
    }

    @Test
    void thatWhichOnlyLooksLikeTheEmulatorsIsTheGuests() {
        assertThat(
                        parse(
                                "1: v=2\nServicing hardware\nEAX=1\nTrace me\nEFER is set\nOP: x\ncheck_exception old: 0x new\n"))
                .allMatch(entry -> entry.shape == LogShape.GUEST);
    }

    @Test
    void whatIsTooLongIsTakenInPieces() {
        List<Entry> entries = parse("x".repeat(3 * LogParser.LONGEST_LINE) + TRAP);
        assertThat(entries).hasSize(4);
        assertThat(entries.get(2).toString()).isEqualTo("INTERRUPT " + TRAP);
        String dump = "CPU Reset (CPU 0)\n" + "XMM00=0000000000000000\n".repeat(10_000);
        assertGivesBack(dump.getBytes(StandardCharsets.ISO_8859_1), parse(dump));
    }

    /** Splices, truncations, repetitions and garbage of real logs: nothing is lost, nothing thrown, and cuts make no difference. */
    @Test
    void anyBytesAreGivenBack() throws IOException {
        byte[][] logs = {
            golden("i386-int.log"),
            golden("x86_64-int.log"),
            golden("i386-exec.log"),
            golden("i386-in_asm.log"),
            "\n----------------\nOP:\n ld\n\n ---- 1\n\nOUT: [size=1]\n  x\n\nSMM: enter\nTriple fault\n@bw fail 3 x\n"
                    .getBytes(StandardCharsets.ISO_8859_1)
        };
        SplittableRandom random = new SplittableRandom(20_260_101);
        for (int round = 0; round < 1500; round++) {
            byte[] log = spliced(logs, random);
            List<Entry> entries = parse(log, random.split());
            assertGivesBack(log, entries);
            assertThat(parse(log, random.split()).toString()).isEqualTo(entries.toString());
        }
    }

    static byte[] spliced(byte[][] logs, SplittableRandom random) {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        for (int parts = random.nextInt(12); parts >= 0; parts--) {
            byte[] from = logs[random.nextInt(logs.length)];
            int start = random.nextInt(from.length);
            byte[] part = Arrays.copyOfRange(from, start, Math.min(from.length, start + random.nextInt(3000)));
            switch (random.nextInt(4)) {
                case 0 -> {
                    for (int i = 0; i < 5 && part.length > 0; i++) {
                        part[random.nextInt(part.length)] = (byte) random.nextInt(256);
                    }
                }
                case 1 -> random.nextBytes(part);
                default -> {}
            }
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
