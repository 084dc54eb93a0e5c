package io.bohrwerk.bench.cluster;

import io.bohrwerk.embedded.KafkaBroker;
import io.bohrwerk.embedded.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** PostgreSQL, Kafka or a relay as a process of its own, until it is stopped or killed. */
@Command(name = "cluster-part", hidden = true, description = "For cluster-test.")
public final class ClusterPartCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterPartCommand.class);

    enum Kind {
        POSTGRES,
        KAFKA,
        /** Of any number of ports, into files of the directory. */
        RELAY
    }

    @Parameters(index = "0")
    @SuppressWarnings("NullAway.Init")
    private Kind kind;

    @Parameters(index = "1")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Parameters(index = "2..*", arity = "0..*")
    @SuppressWarnings("NullAway.Init")
    private List<Integer> ports = List.of();

    @Override
    public Integer call() throws Exception {
        AutoCloseable part = part();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("{} did not stop well", kind, e);
            }
        }));
        new CountDownLatch(1).await();
        return 0;
    }

    private AutoCloseable part() throws IOException {
        switch (kind) {
            case POSTGRES:
                return PostgresServer.start(directory);
            case KAFKA:
                return KafkaBroker.start(directory, ports.get(0));
            default:
                List<Relay> relays = new ArrayList<>();
                for (int port : ports) {
                    relays.add(Relay.in(port, Enclosure.file(directory, port)));
                }
                return () -> {
                    for (Relay relay : relays) {
                        relay.close();
                    }
                };
        }
    }
}
