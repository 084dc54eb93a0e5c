package io.bohrwerk.embedded;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The process that {@link BrokerServer} starts: a broker, until standard input ends. */
final class BrokerMain {
    /** The line on standard output that says that the broker serves. */
    static final String READY = "bohrwerk broker ready";
    /** The start of the line that says why it does not. */
    static final String FAILED = "bohrwerk broker failed: ";

    private static final Duration STOP_LIMIT = Duration.ofSeconds(8);

    /** Behind it the JVM may write its archive of loaded classes. */
    private static final Duration EXIT_LIMIT = Duration.ofSeconds(60);

    private static final CountDownLatch CLOSED = new CountDownLatch(1);
    private static final CountDownLatch ENDED = new CountDownLatch(1);

    private BrokerMain() {}

    /** @param arguments its directory, its port, and its users */
    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        PrintStream parent = System.out;
        // Loggers write there, in tests.
        System.setOut(System.err);
        whenParentEnds();
        try {
            KafkaBroker broker = KafkaBroker.startGuarded(
                    Path.of(words.get(0)), Integer.parseInt(words.get(1)), words.subList(2, words.size()));
            parent.println(READY);
            ENDED.await();
            broker.close();
            CLOSED.countDown();
        } catch (IOException | RuntimeException e) {
            parent.println(FAILED + String.valueOf(e.getMessage()).replace('\n', ' '));
            System.exit(1);
        }
        System.exit(0);
    }

    /** However the parent ends, its end of the pipe closes. Then the broker closes in order, or if that takes too long, at once. */
    private static void whenParentEnds() {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // Nothing is ever said.
                        }
                    } catch (IOException e) {
                        // Ended all the same.
                    }
                    ENDED.countDown();
                    try {
                        if (CLOSED.await(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                            Thread.sleep(EXIT_LIMIT.toMillis());
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    Runtime.getRuntime().halt(1);
                },
                "parent-watch");
        watch.setDaemon(true);
        watch.start();
    }
}
