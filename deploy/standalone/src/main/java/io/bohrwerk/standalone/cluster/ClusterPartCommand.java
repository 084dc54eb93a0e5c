package io.bohrwerk.standalone.cluster;

import io.bohrwerk.embedded.KafkaBroker;
import io.bohrwerk.embedded.PostgresServer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** PostgreSQL or Kafka as a process of its own, until it is stopped or killed. */
@Command(name = "cluster-part", hidden = true, description = "For cluster-test.")
public final class ClusterPartCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterPartCommand.class);

    enum Kind {
        POSTGRES,
        KAFKA
    }

    @Parameters(index = "0")
    @SuppressWarnings("NullAway.Init")
    private Kind kind;

    @Parameters(index = "1")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Parameters(index = "2")
    private int port;

    @Override
    public Integer call() throws Exception {
        AutoCloseable part =
                kind == Kind.POSTGRES ? PostgresServer.start(directory, port) : KafkaBroker.start(directory, port);
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
}
