package io.bohrwerk.api;

import io.bohrwerk.embedded.KafkaBroker;
import io.bohrwerk.embedded.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/** One PostgreSQL and one Kafka broker for all tests of this JVM. */
public final class Servers implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    private static final Path DIRECTORY;
    private static final PostgresServer POSTGRES;
    private static final KafkaBroker KAFKA;

    static {
        try {
            DIRECTORY = Files.createTempDirectory("bohrwerk-api-test");
            POSTGRES = PostgresServer.start(DIRECTORY.resolve("postgres"));
            KAFKA = KafkaBroker.start(DIRECTORY.resolve("kafka"), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(Servers::stop));
    }

    static List<String> properties(Path blobs) {
        List<String> properties = new ArrayList<>(limits());
        properties.add("spring.datasource.url=" + POSTGRES.jdbcUrl());
        properties.add("spring.kafka.bootstrap-servers=" + KAFKA.bootstrapServers());
        properties.add("spring.kafka.producer.properties.interceptor.classes=" + SealingInterceptor.class.getName());
        properties.add("bohrwerk.api.blobs.directory=" + blobs);
        properties.add("bohrwerk.api.blobs.least-free=0B");
        return properties;
    }

    /** Whatever the servers: small limits and short times, so that tests come to them. */
    static List<String> limits() {
        return List.of(
                "bohrwerk.api.uploads.directory=" + DIRECTORY.resolve("uploads"),
                "bohrwerk.api.uploads.largest=2GB",
                "spring.servlet.multipart.max-request-size=1MB",
                "spring.servlet.multipart.max-file-size=1MB",
                "bohrwerk.api.scheduling.retry-delay=0s",
                // No worker would end the checks. CheckTest orders its own.
                "bohrwerk.api.uploads.check=false",
                "bohrwerk.api.scheduling.most-batches=64",
                "server.tomcat.connection-timeout=3s",
                "bohrwerk.api.events.most-clients=3",
                "bohrwerk.api.events.interval=100ms",
                "bohrwerk.api.events.heartbeat=300ms",
                "bohrwerk.api.largest-json=2KB");
    }

    /** A database of its own on the same server. */
    public static String freshDatabase(String name) throws SQLException {
        try (Connection connection = DriverManager.getConnection(POSTGRES.jdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        return POSTGRES.jdbcUrl().replace("/postgres?", "/" + name + "?");
    }

    /** Stops the database's processes, or lets them go on: connections stay, and nothing answers. */
    public static void freezeDatabase(boolean frozen) throws IOException, InterruptedException {
        ProcessHandle server =
                PostgresServer.process(DIRECTORY.resolve("postgres")).orElseThrow();
        List<String> command =
                new ArrayList<>(List.of("kill", frozen ? "-STOP" : "-CONT", Long.toString(server.pid())));
        server.descendants().forEach(process -> command.add(Long.toString(process.pid())));
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IOException("not sent to all: " + command);
        }
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        SealingInterceptor.follow(context);
        TestPropertyValues.of(properties(DIRECTORY.resolve("blobs"))).applyTo(context);
    }

    private static void stop() {
        KAFKA.close();
        try {
            POSTGRES.close();
            FileSystemUtils.deleteRecursively(DIRECTORY);
        } catch (IOException e) {
            System.err.println("left behind: " + DIRECTORY + ": " + e);
        }
    }
}
