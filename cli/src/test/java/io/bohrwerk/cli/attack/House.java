package io.bohrwerk.cli.attack;

import io.bohrwerk.server.ChildServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An all-in-one that is attacked, and its walls, which can be taken down.
 *
 * @param secrets a file with what must be found nowhere
 * @param kafkaPort of the broker
 * @param ports that the server listens on besides those of the broker and the API
 */
record House(Path state, ChildServer server, long database, Path secrets, int kafkaPort, List<Integer> ports) {

    static House of(Path state, ChildServer server, Path secrets) throws IOException {
        List<String> known = new ArrayList<>();
        for (String file : List.of("token", "postgres/password", "kafka/api.password", "kafka/worker.password")) {
            known.add(Files.readString(state.resolve(file)).strip());
        }
        Files.write(secrets, known);
        int kafka =
                Integer.parseInt(Files.readString(state.resolve("ports.json")).replaceAll("\\D+", ""));
        List<Integer> others = listening(server.process().pid());
        others.removeAll(List.of(kafka, server.url().getPort()));
        return new House(state, server, server.postgres().orElseThrow().pid(), secrets, kafka, others);
    }

    Object[] arguments() {
        return new Object[] {
            state,
            database,
            server.process().pid(),
            secrets,
            kafkaPort,
            ports.stream().map(String::valueOf).collect(Collectors.joining(" "))
        };
    }

    /** Runs with a wall down, and puts it up again. */
    void without(Path wall, String open, Check check) throws Exception {
        var before = Files.getPosixFilePermissions(wall);
        Files.setPosixFilePermissions(wall, PosixFilePermissions.fromString(open));
        try {
            check.run();
        } finally {
            Files.setPosixFilePermissions(wall, before);
        }
    }

    interface Check {
        void run() throws Exception;
    }

    /** The TCP ports on which a process listens, by the kernel's tables. */
    private static List<Integer> listening(long pid) throws IOException {
        List<String> sockets = new ArrayList<>();
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            for (Path link : open.toList()) {
                try {
                    sockets.add(Files.readSymbolicLink(link).toString().replaceAll("\\D", ""));
                } catch (IOException e) {
                    // Closed in between.
                }
            }
        }
        List<Integer> ports = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6")) {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/net/" + table))) {
                String[] fields = line.strip().split("\\s+");
                if (fields.length > 9 && fields[3].equals("0A") && sockets.contains(fields[9])) {
                    ports.add(Integer.parseInt(fields[1].substring(fields[1].indexOf(':') + 1), 16));
                }
            }
        }
        return ports;
    }
}
