package io.bohrwerk.bench.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A network namespace of its own for a worker, in which loopback leads to the cluster's servers as it does outside, and can be cut: the
 * worker runs on and nothing that it sends arrives, nor is it told so.
 */
final class Enclosure implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final List<Relay> outside = new ArrayList<>();
    private final Member inside;

    /**
     * @param java to run {@code cluster-part}
     * @param ports of the servers
     * @throws IOException when this host does not permit it
     */
    Enclosure(Path directory, List<String> java, List<Integer> ports) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("unshare", "--net", "--", "sh", "-c", "ip link set lo up && exec \"$@\"", "enclosure"));
        command.addAll(java);
        command.addAll(List.of("cluster-part", "RELAY", directory.toString()));
        for (int port : ports) {
            outside.add(Relay.out(file(directory, port), port));
            command.add(Integer.toString(port));
        }
        this.inside = new Member("relay", command, directory.resolve("relay.log"));
        inside.start();
    }

    static Path file(Path directory, int port) {
        return directory.resolve("relay-" + port);
    }

    /** Whether this host lets us have one; asked before, so that what needs it can say why it is left out. */
    static boolean permitted() throws InterruptedException {
        try {
            Process probe = new ProcessBuilder("unshare", "--net", "--", "ip", "link", "set", "lo", "up")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return probe.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) && probe.exitValue() == 0;
        } catch (IOException e) {
            return false; // no unshare, or no ip
        }
    }

    /** The words before a command that is to run inside. */
    List<String> prefix() {
        return List.of("nsenter", "--net=/proc/" + pid() + "/ns/net", "--");
    }

    void cut() throws IOException, InterruptedException {
        link("down");
    }

    void mend() throws IOException, InterruptedException {
        link("up");
    }

    private void link(String state) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(prefix());
        command.addAll(List.of("ip", "link", "set", "lo", state));
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("the network of a worker cannot be set " + state);
        }
    }

    private long pid() {
        return inside.handle()
                .orElseThrow(() -> new IllegalStateException("the relay is not running"))
                .pid();
    }

    @Override
    public void close() throws IOException {
        try {
            inside.kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Relay relay : outside) {
            relay.close();
        }
    }
}
