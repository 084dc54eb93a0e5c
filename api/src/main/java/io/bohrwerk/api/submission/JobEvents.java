package io.bohrwerk.api.submission;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.api.job.Jobs;
import io.bohrwerk.api.web.RefusedException;
import io.bohrwerk.api.worker.Fleet;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * The event streams of jobs. Looks at each watched job once per interval, because a change may come from another API process, or from a
 * heartbeat; while nobody watches, nothing is looked at.
 */
@Component
class JobEvents implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(JobEvents.class);

    /**
     * Threads that send. Only a client whose connection is full holds one for longer than it takes to copy an event, and then until the
     * connection's time is over.
     */
    private static final int MOST_SENDERS = 64;

    private final Jobs jobs;
    private final JobViews views;
    private final Fleet fleet;
    private final ApiProperties.Events settings;
    private final Set<Client> clients = ConcurrentHashMap.newKeySet();
    private @Nullable ScheduledExecutorService ticker;
    private @Nullable ThreadPoolExecutor senders;

    JobEvents(Jobs jobs, JobViews views, Fleet fleet, ApiProperties properties) {
        this.jobs = jobs;
        this.views = views;
        this.fleet = fleet;
        this.settings = properties.events();
    }

    /** One open stream. Sent to by one thread at a time; a slow client misses what lies between and gets the latest. */
    private final class Client {
        private final UUID job;
        private final SseEmitter emitter = new SseEmitter(0L);
        private final AtomicBoolean busy = new AtomicBoolean();
        private @Nullable JobView last;
        private long lastSentNanos = System.nanoTime();

        Client(UUID job) {
            this.job = job;
            emitter.onCompletion(() -> clients.remove(this));
            emitter.onTimeout(() -> clients.remove(this));
            emitter.onError(e -> clients.remove(this));
        }

        void offer(JobView view) {
            boolean changed = !view.equals(last);
            boolean silent = Duration.ofNanos(System.nanoTime() - lastSentNanos).compareTo(settings.heartbeat()) >= 0;
            if (changed) {
                send(SseEmitter.event().name("job").data(view, MediaType.APPLICATION_JSON));
                last = view;
                if (view.state().terminal()) {
                    emitter.complete();
                    clients.remove(this);
                }
            } else if (silent) {
                send(SseEmitter.event().comment("still here"));
            }
        }

        private void send(SseEmitter.SseEventBuilder event) {
            try {
                emitter.send(event);
                lastSentNanos = System.nanoTime();
            } catch (IOException | IllegalStateException e) {
                LOG.debug("a client of job {} went away", job, e);
                clients.remove(this);
            }
        }
    }

    SseEmitter open(UUID job) {
        Client client = new Client(job);
        synchronized (clients) {
            if (clients.size() >= settings.mostClients()) {
                throw new RefusedException(
                        HttpStatus.SERVICE_UNAVAILABLE,
                        "there are " + settings.mostClients() + " event streams already; close one or try again",
                        settings.heartbeat()); // by then streams whose clients have gone are seen
            }
            clients.add(client);
        }
        return client.emitter;
    }

    int clients() {
        return clients.size();
    }

    private void tick() {
        if (clients.isEmpty()) {
            return;
        }
        try {
            Fleet.Activity activity = fleet.now();
            Map<UUID, Optional<JobView>> current = clients.stream()
                    .map(client -> client.job)
                    .distinct()
                    .collect(Collectors.toMap(id -> id, id -> jobs.findById(id).map(job -> views.of(job, activity))));
            for (Client client : clients) {
                Optional<JobView> view = current.getOrDefault(client.job, Optional.empty());
                if (view.isPresent() && senders != null && client.busy.compareAndSet(false, true)) {
                    senders.execute(() -> {
                        try {
                            client.offer(view.get());
                        } finally {
                            client.busy.set(false);
                        }
                    });
                }
            }
        } catch (RuntimeException e) {
            // The next tick tries again; a task that throws would never be run again.
            LOG.warn("jobs could not be looked at for their event streams", e);
        }
    }

    @Override
    public synchronized void start() {
        ScheduledExecutorService started =
                Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "job-events"));
        ticker = started;
        // A client is sent to by one thread at most, so no more tasks wait than there are clients.
        ThreadPoolExecutor made = new ThreadPoolExecutor(
                MOST_SENDERS,
                MOST_SENDERS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> daemon(task, "job-events-sender"));
        made.allowCoreThreadTimeOut(true);
        senders = made;
        long millis = settings.interval().toMillis();
        started.scheduleWithFixedDelay(this::tick, millis, millis, TimeUnit.MILLISECONDS);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Before the server waits for its open requests, of which event streams would be many. */
    @Override
    public synchronized void stop() {
        if (ticker != null) {
            ticker.shutdownNow();
            ticker = null;
        }
        clients.forEach(client -> client.emitter.complete());
        clients.clear();
        if (senders != null) {
            senders.shutdown();
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return ticker != null;
    }
}
