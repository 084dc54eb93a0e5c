package io.bohrwerk.bench;

import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.client.BundledTarget;
import io.bohrwerk.emulator.log.MergedLogFile;
import io.bohrwerk.mergedlog.LogSpan;
import io.bohrwerk.mergedlog.elf.Symbols;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.server.ChildServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * What the pages cost when much has happened: every list and count that they ask for with 10,000 batches and with 1,000,000, over HTTP from
 * the whole server; and how soon each page is there in a real browser, the one with a log of a gigabyte among them.
 */
final class DashboardBench implements Bench {
    private static final long FEW = 10_000;
    private static final long MANY = 1_000_000;
    private static final long LOG_BYTES = 1 << 30;
    private static final int QUICKER = 10;
    private static final long MOST_ITERATIONS = 1 << 30;

    /** Rows grow a hundred times (ten times when it is quick): what takes so much longer is read row by row. */
    private static final double GOAL_GROWTH = 5;

    private static final double GOAL_QUICK_GROWTH = 3;
    private static final double GOAL_PAGE_MILLIS = 1_000;
    private static final long BROWSER_LIMIT_MINUTES = 10;
    /** Of requests per second: this asks without a pause. */
    private static final Map<String, String> NO_LIMIT = Map.of("BOHRWERK_API_ACCESS_REQUESTSPERSECOND", "0");

    @Override
    public void run(Place place, Measurement.Sink sink) throws Exception {
        Path target = BundledTarget.RACE.writeTo(place.directory());
        try (ChildServer server = ChildServer.start(place.directory().resolve("state"), NO_LIMIT);
                DashboardData data = new DashboardData(server.databaseUrl(), target)) {
            queries(server, data, place.quick(), sink);
            String failure = data.id("failure", place.quick() ? MANY / QUICKER : MANY);
            giveLog(server, data, failure, place, sink);
            pages(server, data, failure, sink);
        }
    }

    private static void queries(ChildServer server, DashboardData data, boolean quick, Measurement.Sink sink)
            throws Exception {
        Map<String, DashboardQueries.Times> few = grown(server, data, FEW, quick, sink);
        Map<String, DashboardQueries.Times> many = grown(server, data, quick ? MANY / QUICKER : MANY, quick, sink);
        few.forEach((query, before) -> {
            DashboardQueries.Times now = Objects.requireNonNull(many.get(query));
            String name = "dashboard." + query;
            sink.accept(Measurement.of(name + ".p50", now.median(), "ms"));
            sink.accept(Measurement.of(name + ".p99", now.p99(), "ms"));
            sink.accept(Measurement.atMost(
                    name + ".growth",
                    now.growthSince(before),
                    "times, for " + (quick ? 10 : 100) + " times as many rows",
                    quick ? GOAL_QUICK_GROWTH : GOAL_GROWTH));
        });
    }

    private static Map<String, DashboardQueries.Times> grown(
            ChildServer server, DashboardData data, long batches, boolean quick, Measurement.Sink sink)
            throws Exception {
        sink.say(String.format(Locale.ROOT, "making %,d batches", batches));
        long began = System.nanoTime();
        data.growTo(batches);
        sink.accept(Measurement.of(
                "dashboard.make-" + batches, (System.nanoTime() - began) / 1e9, "s for so many batches"));
        return new DashboardQueries(server.url(), data, batches).measure(quick ? 50 : 200);
    }

    private static void giveLog(
            ChildServer server, DashboardData data, String failure, Place place, Measurement.Sink sink)
            throws IOException, SQLException {
        long bytes = place.quick() ? LOG_BYTES / QUICKER : LOG_BYTES;
        sink.say("making a log of " + (bytes >> 20) + " MiB");
        Path log = place.directory().resolve("log.zst");
        Path index = place.directory().resolve("log.idx");
        try (MergedLogFile file =
                new MergedLogFile(log, Long.MAX_VALUE, index, new LogSpan(1, MOST_ITERATIONS, 1), Symbols.NONE)) {
            file.writeAll(new LinuxLog(bytes));
            file.finish(0, 1);
        }
        try (BlobStore blobs = server.blobs()) {
            for (Map.Entry<String, Path> each :
                    Map.of("MERGED_LOG", log, "MERGED_LOG_INDEX", index).entrySet()) {
                Digest digest = Digest.of(each.getValue());
                try (InputStream in = Files.newInputStream(each.getValue())) {
                    blobs.put(digest, in);
                }
                data.artifact(failure, each.getKey(), digest, Files.size(each.getValue()));
            }
        }
    }

    /** @param name of the page, or of what is done on it */
    private record Seen(String name, double millis) {}

    private static void pages(ChildServer server, DashboardData data, String failure, Measurement.Sink sink)
            throws IOException, SQLException, InterruptedException {
        String tree = System.getenv("BOHRWERK_TREE");
        if (tree == null) {
            sink.say("no pages are measured: that needs ./bohrwerk, which knows where the page's sources are");
            return;
        }
        Map<String, String> paths = new LinkedHashMap<>();
        paths.put("overview", "/");
        paths.put("crashes", "/crashes");
        paths.put("crashes-by-title", "/crashes?state=all&sort=title");
        paths.put("crash", "/crashes/" + data.id("crash", 1));
        paths.put("failures", "/failures");
        paths.put("failure", "/failures/" + failure);
        paths.put("jobs", "/jobs");
        paths.put("job", "/jobs/" + data.id("job", 1));
        paths.put("comparison", "/comparisons/" + data.id("comparison", 1));
        paths.put("submit", "/submit");
        paths.put("targets", "/targets");
        paths.put("target", "/targets/" + data.id("target", 1));
        paths.put("workers", "/workers");
        Process process = new ProcessBuilder(List.of(
                        Path.of(tree, "ui", "build").toString(),
                        "measure",
                        server.url().toString(),
                        Wire.writeText(paths)))
                .redirectError(Redirect.INHERIT)
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("{")) {
                    Seen seen = Wire.read(line.getBytes(StandardCharsets.UTF_8), Seen.class);
                    sink.accept(Measurement.atMost(
                            "dashboard.page." + seen.name(), seen.millis(), "ms, median of 5", GOAL_PAGE_MILLIS));
                }
            }
            if (!process.waitFor(BROWSER_LIMIT_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException("the browser did not see every page");
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
