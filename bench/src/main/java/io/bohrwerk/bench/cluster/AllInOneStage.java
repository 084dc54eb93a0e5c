package io.bohrwerk.bench.cluster;

import io.bohrwerk.client.ApiClient;
import io.bohrwerk.server.ChildServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code bohrwerk up} as a process of its own. */
final class AllInOneStage implements Stage {
    private static final Duration ANSWER_LIMIT = Duration.ofMinutes(5);
    private static final Duration BUSY_LIMIT = Duration.ofMinutes(3);

    private final Path directory;
    final ChildServer server;
    private final ApiClient client;

    /**
     * @param directory its state
     * @param settings as environment variables
     * @param options of {@code up}
     */
    AllInOneStage(Path directory, Map<String, String> settings, String... options) throws IOException {
        Map<String, String> all = new HashMap<>(settings);
        all.put("BOHRWERK_API_WORKERTIMEOUT", "10s");
        all.put("BOHRWERK_API_SCHEDULING_BATCHTIMEOUT", "60s");
        this.directory = directory;
        this.server = ChildServer.start(directory, all, options);
        this.client = new ApiClient(server.url());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> server.process().destroy()));
    }

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public <T> T anyApi(Question<T> question) throws IOException, InterruptedException {
        IOException last = new IOException("the API was not asked");
        for (long end = System.nanoTime() + ANSWER_LIMIT.toNanos(); System.nanoTime() < end; Thread.sleep(500)) {
            if (!server.process().isAlive()) {
                throw new IOException("the all-in-one has ended: " + server.told());
            }
            try {
                return question.ask(client);
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    /** Waits until it is in the middle of a batch. */
    void awaitBusy() throws IOException, InterruptedException {
        for (long end = System.nanoTime() + BUSY_LIMIT.toNanos();
                Member.emulatorsBelow(directory).isEmpty();
                Thread.sleep(20)) {
            if (System.nanoTime() > end) {
                throw new IOException("no batch was begun within " + BUSY_LIMIT);
            }
        }
    }

    /** Waits until it has told, on its terminal, of something. @return the line */
    String awaitTold(String start) throws IOException, InterruptedException {
        for (long end = System.nanoTime() + ANSWER_LIMIT.toNanos(); System.nanoTime() < end; Thread.sleep(100)) {
            List<String> told = server.told();
            for (String line : told) {
                if (line.startsWith(start)) {
                    return line;
                }
            }
        }
        throw new IOException("it did not tell '" + start + "': " + server.told());
    }

    @Override
    public void close() throws IOException, InterruptedException {
        server.close();
    }
}
