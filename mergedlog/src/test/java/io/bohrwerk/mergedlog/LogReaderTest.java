package io.bohrwerk.mergedlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.blob.FileBlobStore;
import io.bohrwerk.mergedlog.elf.Symbols;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogReaderTest {
    @TempDir
    Path directory;

    private BlobStore store;

    @BeforeEach
    void openStore() throws IOException {
        store = FileBlobStore.open(directory, 0);
    }

    private Digest put(byte[] bytes) throws IOException {
        Digest digest = Digest.of(bytes);
        store.put(digest, new ByteArrayInputStream(bytes));
        return digest;
    }

    private record Stored(Digest log, Digest index, byte[] indexBytes) {}

    private Stored index(byte[] log, int frameSize, LogSpan span) throws IOException {
        ByteArrayOutputStream stored = new ByteArrayOutputStream();
        ByteArrayOutputStream index = new ByteArrayOutputStream();
        Symbols symbols = address -> address == 0x1000 ? new Symbols.Place("trap", 5) : null;
        try (LogIndexWriter writer = new LogIndexWriter(index, span, symbols)) {
            for (int at = 0; at < log.length; at += frameSize) {
                byte[] frame = Arrays.copyOfRange(log, at, Math.min(log.length, at + frameSize));
                writer.frame(stored.size());
                writer.feed(frame, 0, frame.length);
                stored.writeBytes(Zstd.compress(frame));
            }
            Digest digest = put(stored.toByteArray());
            writer.finish(new LogIndexWriter.Ending(digest, stored.size(), false, 10L, 99L));
            return new Stored(digest, put(index.toByteArray()), index.toByteArray());
        }
    }

    private LogReader open(byte[] log, int frameSize, LogSpan span) throws IOException {
        Stored stored = index(log, frameSize, span);
        return LogReader.open(store, stored.log, stored.index);
    }

    static String trap(int number, int vector, int ip, int eax, int dr6) {
        return String.format(
                "check_exception old: 0xffffffff new 0x%x%n%6d: v=%02x e=0000 i=0 cpl=0 IP=0008:%08x pc=%08x SP=0010:00105f3c"
                        + " env->regs[R_EAX]=%08x%nEAX=%08x EBX=00000947 ECX=00119010 EDX=00118000%n"
                        + "CR0=00000011 CR2=00000000 CR3=00000000 CR4=00000000%nDR6=%08x DR7=000d0401%nEFER=0000000000000000%n",
                vector, number, vector, ip, ip, eax, eax, dr6);
    }

    private static byte[] generated(SplittableRandom random) {
        StringBuilder log = new StringBuilder();
        int passed = 0;
        for (int i = 0; i < 12_000; i++) {
            String trap =
                    trap(i, random.nextInt(40), 0x1000 + random.nextInt(3), random.nextInt(20), random.nextInt(2));
            switch (random.nextInt(8)) {
                case 0 ->
                    log.append("@bw pa")
                            .append(trap)
                            .append("ss ")
                            .append(passed += 1 + random.nextInt(3))
                            .append('\n');
                case 1 -> log.append("word ").append(random.nextInt(100)).append('\n');
                case 2 -> log.append("Trace 0: 0x7f [0/00001000/0/0] x\n");
                case 3 -> log.append("Triple fault\n");
                default -> log.append(trap);
            }
        }
        return log.append("@bw fail ")
                .append(passed + 2)
                .append(" why\n")
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    private static List<LogPage.Found> all(LogReader reader, LogQuery query) throws IOException {
        List<LogPage.Found> found = new ArrayList<>();
        Long from = query.from();
        boolean more = true;
        while (more) {
            LogPage page = reader.find(new LogQuery(
                    from,
                    query.limit(),
                    query.backward(),
                    query.kinds(),
                    query.vectors(),
                    query.iteration(),
                    query.text(),
                    query.repeated()));
            found.addAll(query.backward() ? 0 : found.size(), page.entries());
            from = query.backward() ? page.previous() : page.next();
            more = from != null;
        }
        return found;
    }

    private static LogQuery query(
            boolean backward,
            Set<LogKind> kinds,
            Set<Integer> vectors,
            @Nullable Long iteration,
            @Nullable String text,
            boolean repeated) {
        return new LogQuery(null, 137, backward, kinds, vectors, iteration, text, repeated);
    }

    @Test
    void answersAreThoseOfAPlainFilter() throws IOException {
        LogReader reader = open(generated(new SplittableRandom(5)), 100_000, new LogSpan(1, 1_000_000, 50));
        List<LogPage.Found> everything = all(reader, query(false, Set.of(), Set.of(), null, null, false));
        assertThat(everything).hasSize((int) reader.summary().entries()).hasSizeGreaterThan(2 * IndexFormat.MOST_ROWS);
        for (int i = 0; i < everything.size(); i++) {
            assertThat(everything.get(i).number()).isEqualTo(i);
        }
        check(
                reader,
                everything,
                query(false, Set.of(LogKind.GUEST, LogKind.RESET), Set.of(), null, null, false),
                e -> e.kind() == LogKind.GUEST || e.kind() == LogKind.RESET);
        check(
                reader,
                everything,
                query(false, Set.of(), Set.of(1, 14), null, null, false),
                e -> vector(e) == 1 || vector(e) == 14);
        check(
                reader,
                everything,
                query(false, Set.of(), Set.of(), null, "word 7", false),
                e -> e.raw().contains("word 7"));
        check(reader, everything, query(false, Set.of(), Set.of(), null, null, true), e -> e.repeats() != null);
        for (long iteration : new long[] {1, 2, 500, 1234, reader.summary().lastIteration()}) {
            check(
                    reader,
                    everything,
                    query(false, Set.of(), Set.of(), iteration, null, false),
                    e -> e.iterationFrom() <= iteration && iteration <= e.iterationTo());
            check(
                    reader,
                    everything,
                    query(false, Set.of(LogKind.INTERRUPT), Set.of(3, 4), iteration, null, false),
                    e -> e.iterationFrom() <= iteration
                            && iteration <= e.iterationTo()
                            && (vector(e) == 3 || vector(e) == 4));
        }
        assertThat(reader.find(LogQuery.before(5000, 200)).entries()).isEqualTo(everything.subList(4801, 5001));
        assertThat(reader.find(LogQuery.from(4000, 200)).entries()).isEqualTo(everything.subList(4000, 4200));
        LogSummary summary = reader.summary();
        assertThat(summary.failureEntry()).isEqualTo(summary.entries() - 1);
        assertThat(summary.repeatedTrapCount())
                .isEqualTo(everything.stream().filter(e -> e.repeats() != null).count());
        assertThat(summary.kinds().values().stream().mapToLong(n -> n).sum()).isEqualTo(summary.entries());
        assertThat(everything.get(everything.size() - 1).instruction()).isEqualTo(99);
    }

    private static int vector(LogPage.Found found) {
        return found.entry() instanceof LogEntry.Interrupt interrupt ? interrupt.vector() : -1;
    }

    private static void check(
            LogReader reader, List<LogPage.Found> everything, LogQuery forward, Predicate<LogPage.Found> rule)
            throws IOException {
        List<LogPage.Found> expected = everything.stream().filter(rule).toList();
        assertThat(expected.isEmpty() && forward.iteration() == null).isFalse();
        assertThat(all(reader, forward)).isEqualTo(expected);
        LogQuery backward = query(
                true, forward.kinds(), forward.vectors(), forward.iteration(), forward.text(), forward.repeated());
        assertThat(all(reader, backward)).isEqualTo(expected);
    }

    @Test
    void aTrapThatComesTwiceInAnIterationIsMarked() throws IOException {
        String log = trap(0, 1, 0x1000, 7, 1) + trap(1, 1, 0x1001, 7, 1) + trap(2, 1, 0x1000, 7, 0)
                + trap(3, 2, 0x1000, 7, 0) + "@bw pass 1\n" + trap(4, 1, 0x1000, 7, 1) + "@bw fail 2 x\n";
        LogReader reader = open(log.getBytes(StandardCharsets.UTF_8), 1 << 20, new LogSpan(1, 9, 1));
        List<LogPage.Found> entries = reader.find(LogQuery.from(0, 100)).entries();
        assertThat(entries)
                .extracting(LogPage.Found::repeats)
                .containsExactly(null, null, new LogPage.Repeat(0, List.of("DR6")), null, null, null, null);
        assertThat(entries)
                .extracting(e -> e.iterationFrom() + "-" + e.iterationTo())
                .containsExactly("1-1", "1-1", "1-1", "1-1", "1-1", "2-2", "2-2");
        assertThat(entries.get(0).symbol()).hasToString("trap+0x5");
        assertThat(reader.summary().repeatedTraps()).containsExactly(2L);
    }

    /**
     * A 32-bit program under Linux: getppid and getpid by turns in a loop, write twice with interrupts of the serial port after each, fork,
     * getpid in the child, then getuid twice with nothing between. All through one INT instruction with one stack pointer.
     */
    @Test
    void ordinarySystemCallsAreNotMarkedAsRepeated() throws IOException {
        LogReader reader = open(LogParserTest.golden("x86_64-int80.log"), 1 << 20, new LogSpan(1, 3, 1));
        List<LogPage.Found> calls = reader.find(query(false, Set.of(), Set.of(0x80), null, null, false))
                .entries();
        assertThat(calls)
                .extracting(e -> ((LogEntry.Interrupt) e.entry()).call() + (e.repeats() == null ? "" : " repeated"))
                .containsExactly(
                        "64", "20", "64", "20", "64", "20", "4", "4", "2", "7", "20", "1", "24", "24 repeated");
        assertThat(calls.get(13).repeats())
                .isEqualTo(new LogPage.Repeat(calls.get(12).number(), List.of("EFLAGS")));
        // The same call from another address space is another's.
        String log = call(0, 20, 0, 0x1000)
                + call(1, 20, 0, 0x2000)
                + call(2, 20, 7, 0x2000)
                + call(3, 21, 7, 0x2000)
                + call(4, 21, 7, 0x2000);
        assertThat(open(log.getBytes(StandardCharsets.UTF_8), 1 << 20, new LogSpan(1, 9, 1))
                        .summary()
                        .repeatedTraps())
                .containsExactly(4L);
    }

    private static String call(int number, int call, int argument, int cr3) {
        return String.format(
                "%6d: v=80 e=0000 i=1 cpl=3 IP=001b:00001000 pc=00001000 SP=0023:00002000 env->regs[R_EAX]=%08x%n"
                        + "EAX=%08x EBX=%08x ECX=00000000 EDX=00000000%nCR0=80000011 CR2=00000000 CR3=%08x CR4=00000000%n",
                number, call, call, argument, cr3);
    }

    @Test
    void whatIsNotInTheLogIsRefused() throws IOException {
        LogReader reader =
                open("@bw pass 1\n@bw pass 2\n".getBytes(StandardCharsets.UTF_8), 1 << 20, new LogSpan(1, 2, 1));
        assertThatThrownBy(() -> reader.find(query(false, Set.of(), Set.of(), 9L, null, false)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("iteration")
                .hasMessageContaining("1 to 2");
        assertThatThrownBy(() -> reader.find(LogQuery.from(2, 1))).hasMessageContaining("from");
        assertThatThrownBy(() -> LogQuery.from(0, 1001)).hasMessageContaining("limit");
        assertThat(open(new byte[0], 10, new LogSpan(1, 2, 1))
                        .find(LogQuery.from(0, 10))
                        .entries())
                .isEmpty();
    }

    /** Either an answer or words, whatever happened to the index; never another exception, and never without an end. */
    @Test
    void aDamagedOrForeignIndexIsSaidToBeSo() throws IOException {
        byte[] log = generated(new SplittableRandom(9));
        Stored stored = index(log, 100_000, new LogSpan(1, 1_000_000, 50));
        assertThatThrownBy(() -> LogReader.open(store, Digest.of(log), stored.index))
                .isInstanceOf(DamagedLogIndexException.class)
                .hasMessageContaining("another log");
        SplittableRandom random = new SplittableRandom(2);
        int damaged = 0;
        for (int round = 0; round < 200; round++) {
            byte[] bytes = stored.indexBytes.clone();
            if (random.nextBoolean()) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            } else {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
            }
            Digest digest = put(bytes);
            try {
                all(LogReader.open(store, stored.log, digest), query(false, Set.of(), Set.of(99), null, null, false));
                all(
                        LogReader.open(store, stored.log, digest),
                        query(false, Set.of(LogKind.RESET), Set.of(), null, null, false));
            } catch (DamagedLogIndexException e) {
                damaged++;
            }
        }
        assertThat(damaged).isGreaterThan(190);
    }

    /** The rows of garbage, too, lead back to its bytes. */
    @Test
    void anyBytesAreFoundAgain() throws IOException {
        byte[][] logs = {LogParserTest.golden("i386-int.log"), LogParserTest.golden("x86_64-int.log")};
        SplittableRandom random = new SplittableRandom(77);
        for (int round = 0; round < 40; round++) {
            byte[] log = LogParserTest.spliced(logs, random);
            LogReader reader = open(log, 1 + random.nextInt(2000), new LogSpan(1, 9, 3));
            long length = all(reader, query(false, Set.of(), Set.of(), null, null, false)).stream()
                    .mapToLong(LogPage.Found::length)
                    .sum();
            assertThat(length).isEqualTo(log.length);
        }
    }
}
