package io.bohrwerk.bench;

import io.bohrwerk.client.BundledTarget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Ten thousand clients that open a job's event stream at once, and one that asks for something else meanwhile: with the default settings,
 * where most are turned away, and with settings that let them all in, where some of them never read.
 */
final class EventsBench implements Bench {
    private static final int CLIENTS = 10_000;
    private static final int QUICK_CLIENTS = 500;
    private static final int ASKED = 50;
    /** Of those that are let in, one in ten reads nothing. */
    private static final int ONE_READS_NOTHING = 10;

    private static final long WATCH_MILLIS = 20_000;
    private static final double GOAL_OTHERS_SECONDS = 2;

    @Override
    public void run(Place place, Measurement.Sink sink) throws Exception {
        int clients = place.quick() ? QUICK_CLIENTS : CLIENTS;
        crowd(place, "bounded", clients, Integer.MAX_VALUE, Map.of(), sink);
        crowd(
                place,
                "open",
                clients,
                ONE_READS_NOTHING,
                Map.of(
                        "bohrwerk.api.events.most-clients", "" + clients,
                        "bohrwerk.api.access.requests-per-second", "0",
                        "server.tomcat.max-connections", "" + 2 * clients),
                sink);
    }

    private static void crowd(
            Place place, String name, int clients, int deafOne, Map<String, String> settings, Measurement.Sink sink)
            throws IOException, InterruptedException {
        try (BenchCluster cluster = new BenchCluster(place.directory().resolve(name), settings)) {
            String target = cluster.client
                    .addTarget(BundledTarget.RACE.writeTo(place.directory()))
                    .path("id")
                    .asString();
            ObjectNode request = JsonNodeFactory.instance
                    .objectNode()
                    .put("target", target)
                    .put("iterations", 1_000_000_000L)
                    .put("iterationsPerBatch", 1)
                    .put("stopAfterFailures", 0);
            request.putObject("strategy").put("kind", "random").put("seed", 1);
            String job = cluster.client.post("/jobs", request).path("id").asString();
            cluster.useSlots(1); // so that there is something to tell
            long before = cluster.apiBytes();
            sink.say("  " + clients + " clients, " + name);
            try (EventClients crowd = new EventClients(cluster.apiPort(), "/api/v1/jobs/" + job + "/events", deafOne)) {
                crowd.connect(clients);
                crowd.readFor(WATCH_MILLIS);
                List<Double> seconds = new ArrayList<>();
                int refused = 0;
                for (int i = 0; i < ASKED; i++) {
                    crowd.readFor(20);
                    long began = System.nanoTime();
                    // From the same address, whose rate the crowd may have used up.
                    refused += cluster.status("/api/v1/jobs/" + job) == 200 ? 0 : 1;
                    seconds.add((System.nanoTime() - began) / 1e9);
                }
                String events = "events." + name;
                crowd.statuses()
                        .forEach((status, count) ->
                                sink.accept(Measurement.of(events + "." + status, count, "clients got this answer")));
                sink.accept(Measurement.of(events + ".told", crowd.events(), "events came in all"));
                sink.accept(Measurement.of(
                        events + ".memory", (cluster.apiBytes() - before) / 1e6, "MB more that the API holds"));
                sink.accept(Measurement.of(
                        events + ".others.p50", sorted(seconds).get(ASKED / 2), "s for another's request"));
                sink.accept(Measurement.atMost(
                        events + ".others.p98", sorted(seconds).get(ASKED - 1), "s", GOAL_OTHERS_SECONDS));
                sink.accept(Measurement.of(
                        events + ".others.refused", refused, "of " + ASKED + " by the rate of requests"));
            }
        }
    }

    private static List<Double> sorted(List<Double> values) {
        return values.stream().sorted().toList();
    }
}
