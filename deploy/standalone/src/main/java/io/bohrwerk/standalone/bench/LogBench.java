package io.bohrwerk.standalone.bench;

import io.bohrwerk.emulator.log.MergedLogFile;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.blob.BlobStore;
import io.bohrwerk.protocol.blob.FileBlobStore;
import io.bohrwerk.protocol.elf.Symbols;
import io.bohrwerk.protocol.log.LogIndexWriter;
import io.bohrwerk.protocol.log.LogPage;
import io.bohrwerk.protocol.log.LogQuery;
import io.bohrwerk.protocol.log.LogReader;
import io.bohrwerk.protocol.log.LogSpan;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;

/** How fast a merged log of a gigabyte is taken apart and indexed, and how soon questions to it are answered. */
final class LogBench implements Bench {
    private static final long LOG_BYTES = 1 << 30;
    private static final int CHUNK = 64 << 10;
    private static final double GOAL_MEGABYTES_PER_SECOND = 100;
    private static final double GOAL_MILLIS = 200;
    private static final int QUESTIONS = 200;
    /** Entries between two reports: what a Linux guest's test takes. */
    private static final int TRAPS_PER_ITERATION = 400;

    private static final long MOST_ITERATIONS = 1 << 30;

    @Override
    public void run(Place place, Measurement.Sink sink) throws Exception {
        sink.say("making a log of 1 GiB");
        long indexed = index(sink);
        sink.accept(Measurement.atLeast(
                "log.parse-and-index",
                LOG_BYTES / (indexed / 1e9) / 1e6,
                "MB/s of one core",
                GOAL_MEGABYTES_PER_SECOND));
        Path log = place.directory().resolve("log.zst");
        Path index = place.directory().resolve("log.idx");
        long began = System.nanoTime();
        try (MergedLogFile file =
                new MergedLogFile(log, Long.MAX_VALUE, index, new LogSpan(1, MOST_ITERATIONS, 1), Symbols.NONE)) {
            file.writeAll(new Log());
            file.finish(0, 1);
        }
        sink.accept(Measurement.of(
                "log.compress-and-index", LOG_BYTES / ((System.nanoTime() - began) / 1e9) / 1e6, "MB/s of one core"));
        sink.accept(Measurement.of("log.stored", Files.size(log) / 1e6, "MB"));
        sink.accept(Measurement.of("log.index", Files.size(index) / 1e6, "MB"));
        try (BlobStore store = FileBlobStore.open(place.directory().resolve("store"), 0)) {
            ask(store, put(store, log), put(store, index), sink);
        }
    }

    /** The log is made beside the clock: only what indexing takes is counted. */
    private static long index(Measurement.Sink sink) throws IOException {
        Log log = new Log();
        byte[] chunk = new byte[CHUNK];
        System.gc();
        long before = used();
        long most = before;
        long nanos = 0;
        try (LogIndexWriter writer =
                new LogIndexWriter(OutputStream.nullOutputStream(), new LogSpan(1, MOST_ITERATIONS, 1), Symbols.NONE)) {
            int round = 0;
            for (int n = log.read(chunk, 0, CHUNK); n >= 0; n = log.read(chunk, 0, CHUNK)) {
                long began = System.nanoTime();
                writer.feed(chunk, 0, n);
                nanos += System.nanoTime() - began;
                if (++round % 4096 == 0) {
                    System.gc();
                    most = Math.max(most, used());
                }
            }
            long began = System.nanoTime();
            writer.finish(new LogIndexWriter.Ending(Digest.of(chunk), 0, false, null, null));
            nanos += System.nanoTime() - began;
        }
        sink.accept(Measurement.of("log.heap", (most - before) / 1e6, "MB held while indexing"));
        return nanos;
    }

    private static long used() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static Digest put(BlobStore store, Path file) throws IOException {
        Digest digest = Digest.of(file);
        try (InputStream in = Files.newInputStream(file)) {
            store.put(digest, in);
        }
        return digest;
    }

    private interface Question {
        LogPage ask(LogReader reader, SplittableRandom random) throws IOException;
    }

    private static void ask(BlobStore store, Digest log, Digest index, Measurement.Sink sink) throws IOException {
        LogReader open = LogReader.open(store, log, index);
        long iterations = open.summary().lastIteration();
        long entries = open.summary().entries();
        long failure = open.summary().failureEntry();
        measure(
                sink,
                "vectors-in-iteration",
                store,
                log,
                index,
                (reader, random) -> reader.find(new LogQuery(
                        null, 200, false, Set.of(), Set.of(1, 14), random.nextLong(1, iterations), null, false)));
        measure(
                sink,
                "200-before-failure",
                store,
                log,
                index,
                (reader, random) -> reader.find(LogQuery.before(failure, 200)));
        measure(
                sink,
                "200-anywhere",
                store,
                log,
                index,
                (reader, random) -> reader.find(LogQuery.from(random.nextLong(entries), 200)));
        measure(
                sink,
                "rare-vector-everywhere",
                store,
                log,
                index,
                (reader, random) -> reader.find(
                        new LogQuery(random.nextLong(entries), 200, false, Set.of(), Set.of(6), null, null, false)));
        measure(
                sink,
                "text",
                store,
                log,
                index,
                (reader, random) -> reader.find(new LogQuery(
                        random.nextLong(entries), 200, false, Set.of(), Set.of(), null, "nowhere to be found", false)));
    }

    /** Each question opens the log anew, as a server does that has not seen it before. */
    private static void measure(
            Measurement.Sink sink, String name, BlobStore store, Digest log, Digest index, Question question)
            throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < QUESTIONS; i++) {
            long began = System.nanoTime();
            question.ask(LogReader.open(store, log, index), random);
            millis.add((System.nanoTime() - began) / 1e6);
        }
        Collections.sort(millis);
        sink.accept(Measurement.of("log." + name + ".median", Bench.median(millis), "ms"));
        sink.accept(
                Measurement.atMost("log." + name + ".p99", millis.get(QUESTIONS * 99 / 100 - 1), "ms", GOAL_MILLIS));
    }

    /** An interrupt log like that of a Linux guest, from a seed: timer interrupts, page faults, debug traps, reports. */
    private static final class Log extends InputStream {
        private static final String REGISTERS =
                "RSI=0000000000000000 RDI=0000000000000003 RBP=0000000000000003 RSP=%2$016x\n"
                        + "R8 =0000000000000000 R9 =00000000cccccccd R10=0000000000000000 R11=0000000000000207\n"
                        + "R12=0000000000000003 R13=0000000000000000 R14=0000000000401970 R15=00000000004017d0\n"
                        + "RIP=%3$016x RFL=00000246 [---Z-P-] CPL=3 II=0 A20=1 SMM=0 HLT=0\n"
                        + "ES =0000 0000000000000000 00000000 00000000\nCS =0033 0000000000000000 ffffffff 00affb00 DPL=3 CS64 [-RA]\n"
                        + "SS =002b 0000000000000000 ffffffff 00cff300 DPL=3 DS   [-WA]\nDS =0000 0000000000000000 00000000 00000000\n"
                        + "FS =0000 0000000003980380 00000000 00000000\nGS =0000 0000000000000000 00000000 00000000\n"
                        + "LDT=0000 0000000000000000 00000000 00008200 DPL=0 LDT\n"
                        + "TR =0040 fffffe0000003000 00004087 00008900 DPL=0 TSS64-avl\nGDT=     fffffe0000001000 0000007f\n"
                        + "IDT=     fffffe0000000000 00000fff\nCR0=80050033 CR2=%4$016x CR3=000000000105e000 CR4=000006b0\n"
                        + "DR0=00000000004aa458 DR1=0000000000000000 DR2=0000000000000000 DR3=0000000000000000 \n"
                        + "DR6=00000000ffff0ff0 DR7=0000000000000600\nCCS=0000000000000044 CCD=0000000000000003 CCO=EFLAGS\n"
                        + "EFER=0000000000000d01\n";

        private final SplittableRandom random = new SplittableRandom(42);
        private long left = LOG_BYTES;
        private int traps;
        private byte[] entry = {};
        private int at;

        @Override
        public int read() {
            throw new IllegalStateException("read in blocks");
        }

        @Override
        public int read(byte[] to, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            int wanted = (int) Math.min(left, length);
            int done = 0;
            while (done < wanted) {
                if (at == entry.length) {
                    entry = next().getBytes(StandardCharsets.US_ASCII);
                    at = 0;
                }
                int n = Math.min(wanted - done, entry.length - at);
                System.arraycopy(entry, at, to, offset + done, n);
                at += n;
                done += n;
            }
            left -= wanted;
            return wanted;
        }

        private String next() {
            traps++;
            String trap = trap();
            if (traps % TRAPS_PER_ITERATION == 0) {
                return "@bw pa" + trap + "ss " + traps / TRAPS_PER_ITERATION + "\n";
            }
            return trap;
        }

        private String trap() {
            int kind = random.nextInt(1000);
            int vector = kind == 0 ? 6 : kind < 50 ? 1 : kind < 150 ? 14 : 0xec;
            long ip = 0x400000L + random.nextInt(1 << 16);
            long sp = 0x7ffc712cfc38L - 8L * random.nextInt(64);
            String preface = vector == 0xec
                    ? "Servicing hardware INT=0xec\n"
                    : "check_exception old: 0xffffffff new 0x" + Integer.toHexString(vector) + "\n";
            return preface
                    + String.format(
                            Locale.ROOT,
                            "%6d: v=%02x e=0000 i=0 cpl=3 IP=0033:%016x pc=%016x SP=002b:%016x env->regs[R_EAX]=%016x\n"
                                    + "RAX=%6$016x RBX=00007ffc712cfc90 RCX=00007ffc712cfc37 RDX=0000000000000505\n",
                            traps,
                            vector,
                            ip,
                            ip,
                            sp,
                            random.nextLong())
                    + String.format(Locale.ROOT, REGISTERS, 0, sp, ip, random.nextInt(1 << 30) & ~0xfffL);
        }
    }
}
