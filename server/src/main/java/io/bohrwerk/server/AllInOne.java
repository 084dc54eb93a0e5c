package io.bohrwerk.server;

import io.bohrwerk.api.ApiApplication;
import io.bohrwerk.embedded.KafkaBroker;
import io.bohrwerk.embedded.PostgresServer;
import io.bohrwerk.worker.WorkerApplication;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** PostgreSQL, Kafka, blob store, API and one worker: the cluster's own parts, in this process. */
public final class AllInOne implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AllInOne.class);
    /** For all parts together; ctrl-C is to be answered before people press it again. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    /** Of it, the worker's: running batches go back to the queue. */
    private static final Duration WORKER_STOP_LIMIT = Duration.ofSeconds(4);

    private static final String API_USER = "api";
    private static final String WORKER_USER = "worker";

    private final StateDirectory state;
    private final Access access;
    private final Deque<Part> parts = new ArrayDeque<>();
    private final URI url;
    private final Consumer<String> said;
    private boolean closed;

    private record Part(String name, AutoCloseable part) {}

    /**
     * Who may call the API, and from where.
     *
     * @param address that it listens on; others than loopback's want {@code tokens}
     * @param tokens whether callers must show one; the first is in the state directory
     * @param hosts names by which the server may be called, besides loopback's
     */
    public record Access(String address, boolean tokens, List<String> hosts) {
        /** Everyone on this host, and nobody else. */
        public static final Access LOOPBACK = new Access("127.0.0.1", false, List.of());

        /** By what name the server answers on this host. */
        private String name() throws UnknownHostException {
            InetAddress listening = InetAddress.getByName(address);
            if (listening.isLoopbackAddress() || listening.isAnyLocalAddress()) {
                return "localhost";
            }
            return listening instanceof Inet6Address ? "[" + listening.getHostAddress() + "]" : address;
        }

        private List<String> allHosts() throws UnknownHostException {
            return Stream.concat(hosts.stream(), Stream.of(name())).distinct().toList();
        }
    }

    /** As {@link #start(StateDirectory, int, Access, Consumer)}, for everyone on this host. */
    public static AllInOne start(StateDirectory state, int port, Consumer<String> said)
            throws IOException, InterruptedException {
        return start(state, port, Access.LOOPBACK, said);
    }

    /**
     * Starts everything, and returns when it answers.
     *
     * @param port of the API; 0 for any
     * @param said told of the steps
     * @throws IOException when something does not start, with what, why, and what to do
     */
    public static AllInOne start(StateDirectory state, int port, Access access, Consumer<String> said)
            throws IOException, InterruptedException {
        StateDirectory.Lock lock = state.tryLock();
        if (lock == null) {
            throw new IOException("already running in " + state.path() + ": "
                    + state.running().map(StateDirectory.Running::url).orElse("it is just starting, or stopping"));
        }
        if (port != 0 && !StateDirectory.isFree(port)) {
            lock.close();
            throw new IOException("port " + port + " is in use by another program; choose one with --port");
        }
        return new AllInOne(state, port == 0 ? StateDirectory.freePort() : port, access, lock, said);
    }

    private AllInOne(StateDirectory state, int port, Access access, StateDirectory.Lock lock, Consumer<String> said)
            throws IOException, InterruptedException {
        this.state = state;
        this.access = access;
        this.url = URI.create("http://" + access.name() + ":" + port);
        this.said = said;
        parts.push(new Part("lock", lock));
        long began = System.nanoTime();
        // Tomcat speaks java.util.logging.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        HostUsers.warning(access.tokens()).ifPresent(this::tell);
        said.accept("starting PostgreSQL and Kafka");
        try {
            StateDirectory.Ports ports = state.ports();
            Files.createDirectories(state.logFile().getParent());
            CompletableFuture<KafkaBroker> kafka = CompletableFuture.supplyAsync(() -> orWrap(
                    () -> KafkaBroker.startGuarded(state.kafka(), ports.kafka(), List.of(API_USER, WORKER_USER))));
            PostgresServer postgres;
            try {
                postgres = PostgresServer.start(state.postgres(), this::tell);
                parts.push(new Part("PostgreSQL", postgres));
            } finally {
                // Also when PostgreSQL failed: what has started must be stopped.
                parts.push(new Part("Kafka", kafka.join()));
            }
            said.accept("starting the API and a worker");
            parts.push(new Part("API", api(port, postgres.jdbcUrl(), kafka.join())));
            parts.push(new Part("worker", worker(kafka.join())));
            state.publish(StateDirectory.Running.here(url.toString(), access.tokens()));
            parts.push(new Part("notice", state::withdraw));
        } catch (IOException | RuntimeException e) {
            LOG.error("Startup failed", e);
            close();
            throw new IOException(
                    "startup failed: " + Explain.oneLine(Explain.root(e)) + "\nLog: " + state.logFile()
                            + "\nIf the state in " + state.path() + " is damaged, move it aside and start again.",
                    e);
        }
        LOG.info(
                "Ready at {} after {} ms",
                url,
                Duration.ofNanos(System.nanoTime() - began).toMillis());
    }

    private ConfigurableApplicationContext api(int port, String jdbcUrl, KafkaBroker kafka) throws IOException {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("server.port", port);
        settings.put(
                "server.tomcat.basedir",
                Files.createDirectories(state.path().resolve("tomcat")).toString());
        settings.put("spring.datasource.url", jdbcUrl);
        settings.put("spring.kafka.bootstrap-servers", kafka.bootstrapServers());
        kafka.login(API_USER).forEach((name, value) -> settings.put("spring.kafka.properties[" + name + "]", value));
        settings.put("bohrwerk.api.queue.worker-user", "User:" + WORKER_USER);
        settings.put("bohrwerk.api.blobs.directory", state.blobs().toString());
        settings.put(
                "bohrwerk.api.uploads.directory",
                state.path().resolve("uploads").toString());
        settings.put("server.address", access.address());
        if (access.tokens()) {
            settings.put(
                    "bohrwerk.api.access.admin-token-file", state.ensureToken().toString());
        } else if (state.hasToken()) {
            tell("without --tokens everyone on this host can use the API; the token in " + state.tokenFile()
                    + " is kept for the next start with --tokens");
        }
        settings.put("bohrwerk.api.hosts", String.join(",", access.allHosts()));
        // An open page must not hold up the stop.
        settings.put("spring.lifecycle.timeout-per-shutdown-phase", "2s");
        return run(ApiApplication.class, WebApplicationType.SERVLET, settings);
    }

    private ConfigurableApplicationContext worker(KafkaBroker kafka) throws IOException {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("bohrwerk.worker.directory", state.worker().toString());
        settings.put("bohrwerk.worker.blobs.directory", state.blobs().toString());
        settings.put("bohrwerk.worker.queue.bootstrap-servers", kafka.bootstrapServers());
        kafka.login(WORKER_USER)
                .forEach((name, value) -> settings.put("bohrwerk.worker.queue.client[" + name + "]", value));
        settings.put("bohrwerk.worker.stop-limit", WORKER_STOP_LIMIT);
        return WorkerApplication.start(settings);
    }

    private static ConfigurableApplicationContext run(
            Class<?> application, WebApplicationType type, Map<String, Object> settings) {
        // A name of its own, so that an application.properties that lies about is nobody's.
        settings.put("spring.config.name", "bohrwerk-standalone");
        settings.put("spring.jmx.enabled", "false");
        String[] arguments = settings.entrySet().stream()
                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                .toArray(String[]::new);
        return new SpringApplicationBuilder(application)
                .web(type)
                .bannerMode(org.springframework.boot.Banner.Mode.OFF)
                .registerShutdownHook(false)
                .run(arguments);
    }

    /** On the terminal and in the log: what happens to a part while it runs. */
    private void tell(String what) {
        LOG.warn(what);
        said.accept(what);
    }

    /** Where API and page answer. */
    public URI url() {
        return url;
    }

    /** Stops everything, last started first, within a limit; what does not stop by then ends with the process. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        ExecutorService stopper = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "stopper");
            thread.setDaemon(true);
            return thread;
        });
        long end = System.nanoTime() + STOP_LIMIT.toNanos();
        try {
            for (Part part : parts) {
                stop(stopper, part, end);
            }
        } finally {
            stopper.shutdownNow();
        }
    }

    private static void stop(ExecutorService stopper, Part part, long end) {
        long left = Math.max(0, end - System.nanoTime());
        try {
            stopper.submit(() -> {
                        part.part().close();
                        return null;
                    })
                    .get(left, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.warn("{} did not stop in time", part.name());
        } catch (ExecutionException e) {
            LOG.warn("{} did not stop cleanly", part.name(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Starter<T> {
        T start() throws IOException;
    }

    private static <T> T orWrap(Starter<T> starter) {
        try {
            return starter.start();
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }
}
