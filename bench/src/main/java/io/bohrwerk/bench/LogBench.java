package io.bohrwerk.bench;

import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.blob.FileBlobStore;
import io.bohrwerk.emulator.log.MergedLogFile;
import io.bohrwerk.mergedlog.LogIndexWriter;
import io.bohrwerk.mergedlog.LogPage;
import io.bohrwerk.mergedlog.LogQuery;
import io.bohrwerk.mergedlog.LogReader;
import io.bohrwerk.mergedlog.LogSpan;
import io.bohrwerk.mergedlog.elf.Symbols;
import io.bohrwerk.protocol.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** How fast a merged log of a gigabyte is taken apart and indexed, and how soon questions to it are answered. */
final class LogBench implements Bench {
    private static final long LOG_BYTES = 1 << 30;
    private static final int CHUNK = 64 << 10;
    private static final double GOAL_MEGABYTES_PER_SECOND = 100;
    private static final double GOAL_MILLIS = 200;
    private static final int QUESTIONS = 200;
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
            file.writeAll(new LinuxLog(LOG_BYTES));
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
        LinuxLog log = new LinuxLog(LOG_BYTES);
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
}
