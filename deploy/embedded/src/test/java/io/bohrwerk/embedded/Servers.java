package io.bohrwerk.embedded;

import java.nio.file.Path;

/** A process that holds both servers until it is killed: for tests of what it leaves. */
final class Servers {
    private Servers() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        PostgresServer postgres = PostgresServer.start(directory.resolve("postgres"));
        KafkaBroker kafka = KafkaBroker.start(directory.resolve("kafka"), 0);
        System.out.println("ready " + postgres.jdbcUrl() + " " + kafka.bootstrapServers());
        Thread.sleep(Long.MAX_VALUE);
    }
}
