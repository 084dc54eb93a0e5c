package io.bohrwerk.bench;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The requests of the pages, each asked again and again: lists at their beginning and deep inside, of what is frequent and of what is rare. */
final class DashboardQueries {
    /** Refused before anything is looked up: what a request costs without the database, at this moment on this machine. */
    private static final String NOTHING = "/stats/hours?hours=0";

    private static final int WARM_UP = 30;
    private static final int DEEP_PAGES = 4;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern NEXT = Pattern.compile("\"next\":\"([^\"]+)\"");

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI server;
    private final DashboardData data;
    private final long batches;
    private final SplittableRandom random = new SplittableRandom(1);

    /** @param batches that there are */
    DashboardQueries(URI server, DashboardData data, long batches) {
        this.server = server;
        this.data = data;
        this.batches = batches;
    }

    /**
     * Milliseconds.
     *
     * @param nothing median of requests in between that ask nothing of the database
     */
    record Times(double median, double p99, double nothing) {
        /** How many times slower it is than the earlier ones, if the machine were as fast as then. */
        double growthSince(Times earlier) {
            return (median / nothing) / (earlier.median / earlier.nothing);
        }
    }

    private interface Address {
        String next() throws SQLException;
    }

    /** @param times each is asked */
    Map<String, Times> measure(int times) throws IOException, InterruptedException, SQLException {
        Map<String, Address> addresses = new LinkedHashMap<>();
        addresses.put("stats", () -> "/stats");
        addresses.put("stats-hours-week", () -> "/stats/hours?hours=168");
        addresses.put("stats-hours-month", () -> "/stats/hours?hours=720");
        addresses.put("crash-counts", () -> "/crashes/counts");
        for (String sort : List.of("last-seen", "first-seen", "failures", "title")) {
            addresses.put("crashes-open-by-" + sort, () -> "/crashes?limit=50&state=open&sort=" + sort);
            addresses.put("crashes-all-by-" + sort, () -> "/crashes?limit=50&sort=" + sort);
        }
        String deep = deep("/crashes?limit=50&sort=failures");
        addresses.put("crashes-deep", () -> deep);
        addresses.put("crashes-with-text", () -> "/crashes?limit=50&state=open&sort=last-seen&text=ptrace_");
        addresses.put("crashes-with-no-such-text", () -> "/crashes?limit=50&sort=last-seen&text=nowhere");
        addresses.put("crashes-on-target", () -> "/crashes?limit=50&sort=last-seen&target=" + data.id("target", 1));
        addresses.put("crash", () -> "/crashes/" + any("crash", batches / 500));
        String frequent = data.id("crash", 1);
        addresses.put("crash-most-frequent", () -> "/crashes/" + frequent);
        addresses.put("crash-similar", () -> "/crashes/" + frequent + "/similar");
        addresses.put("crash-fix-jobs", () -> "/crashes/" + frequent + "/fix-jobs");
        addresses.put("crash-history", () -> "/crashes/" + frequent + "/history");
        addresses.put("crash-failures", () -> "/crashes/" + frequent + "/failures?limit=50&report=false");
        addresses.put(
                "crash-failures-rare",
                () -> "/crashes/" + data.id("crash", batches / 500) + "/failures?limit=50&report=false");
        String deepFailures = deep("/crashes/" + frequent + "/failures?limit=50&report=false");
        addresses.put("crash-failures-deep", () -> deepFailures);
        String gone = data.id("crash", 2);
        addresses.put("crash-failures-of-long-ago", () -> "/crashes/" + gone + "/failures?limit=50&report=false");
        addresses.put("failures", () -> "/failures?limit=50&report=false");
        String deepAll = deep("/failures?limit=50&report=false");
        addresses.put("failures-deep", () -> deepAll);
        addresses.put("failures-hung", () -> "/failures?limit=50&report=false&outcome=hung");
        addresses.put("failures-diverged", () -> "/failures?limit=50&report=false&replay=diverged");
        addresses.put(
                "failures-panicked-and-diverged",
                () -> "/failures?limit=50&report=false&outcome=panicked&replay=diverged");
        addresses.put("failures-not-replayed", () -> "/failures?limit=50&report=false&replay=not-replayed");
        addresses.put("failures-with-text", () -> "/failures?limit=50&report=false&text=events/core");
        addresses.put("failures-with-rare-text", () -> "/failures?limit=50&report=false&text=core.c:1234");
        addresses.put("failures-with-no-such-text", () -> "/failures?limit=50&report=false&text=nowhere");
        addresses.put("failure", () -> "/failures/" + any10("failure"));
        addresses.put("failure-replays", () -> "/failures/" + any10("failure") + "/replays?limit=20");
        addresses.put("jobs", () -> "/jobs?limit=50");
        addresses.put("jobs-going", () -> "/jobs?limit=10&state=running,queued");
        addresses.put("jobs-cancelled", () -> "/jobs?limit=50&state=cancelled");
        addresses.put("jobs-completed", () -> "/jobs?limit=50&state=completed");
        String deepJobs = deep("/jobs?limit=10");
        addresses.put("jobs-deep", () -> deepJobs);
        String large = "/jobs/" + data.id("job", 1);
        String deepJobsCompleted = deep("/jobs?limit=10&state=completed");
        addresses.put("jobs-completed-deep", () -> deepJobsCompleted);
        addresses.put("job", () -> "/jobs/" + any("job", batches / 200));
        addresses.put("job-largest", () -> large);
        for (String of :
                List.of("batches?limit=50", "crashes?limit=20", "failures?limit=10&report=false", "arms", "samples")) {
            addresses.put("job-largest-" + of.replaceAll("\\?.*", ""), () -> large + "/" + of);
        }
        String deepBatches = deep(large + "/batches?limit=50");
        addresses.put("job-largest-batches-deep", () -> deepBatches);
        addresses.put("job-batches", () -> "/jobs/" + any("job", batches / 200) + "/batches?limit=50");
        addresses.put("job-troubles", () -> "/troubles?limit=20&job=" + large.substring("/jobs/".length()));
        String deepTroubles = deep("/troubles?limit=20");
        addresses.put("troubles-deep", () -> deepTroubles);
        addresses.put("troubles", () -> "/troubles?limit=20");
        addresses.put("targets", () -> "/targets?limit=50");
        addresses.put("target", () -> "/targets/" + data.id("target", 1));
        addresses.put("comparison", () -> "/comparisons/" + data.id("comparison", 1));
        addresses.put("workers", () -> "/workers");
        Map<String, Times> measured = new LinkedHashMap<>();
        for (Map.Entry<String, Address> address : addresses.entrySet()) {
            measured.put(address.getKey(), measure(address.getValue(), times));
        }
        return measured;
    }

    private String any(String kind, long most) throws SQLException {
        return data.id(kind, random.nextLong(1, most + 1));
    }

    /** Every tenth batch failed. */
    private String any10(String kind) throws SQLException {
        return data.id(kind, random.nextLong(1, batches / 10 + 1) * 10);
    }

    private Times measure(Address address, int times) throws IOException, InterruptedException, SQLException {
        List<Double> millis = new ArrayList<>();
        List<Double> nothing = new ArrayList<>();
        for (int i = -WARM_UP; i < times; i++) {
            String path = address.next();
            double one = timed(path);
            double other = timed(NOTHING);
            if (i >= 0) {
                millis.add(one);
                nothing.add(other);
            }
        }
        Collections.sort(millis);
        return new Times(Bench.median(millis), millis.get(Math.max(0, times * 99 / 100 - 1)), Bench.median(nothing));
    }

    private double timed(String path) throws IOException, InterruptedException {
        long began = System.nanoTime();
        ask(path);
        return (System.nanoTime() - began) / 1e6;
    }

    /** The address of a page some pages down a list. */
    private String deep(String path) throws IOException, InterruptedException {
        String page = path;
        for (int i = 0; i < DEEP_PAGES; i++) {
            Matcher next = NEXT.matcher(ask(page));
            if (!next.find()) {
                break;
            }
            page = path + "&cursor=" + URLEncoder.encode(next.group(1), StandardCharsets.UTF_8);
        }
        return page;
    }

    private String ask(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/api/v1" + path))
                .timeout(LIMIT)
                .header("Accept", "application/json, application/problem+json")
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        boolean refused = answer.statusCode() == 400 && path.equals(NOTHING);
        if (answer.statusCode() != 200 && !refused) {
            throw new IOException(path + " was answered with " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }
}
