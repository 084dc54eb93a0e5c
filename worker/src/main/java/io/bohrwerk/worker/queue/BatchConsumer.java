package io.bohrwerk.worker.queue;

import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Report;
import io.bohrwerk.protocol.batch.ReportSeal;
import io.bohrwerk.protocol.batch.Work;
import io.bohrwerk.protocol.worker.RunningWork;
import io.bohrwerk.telemetry.Spans;
import io.bohrwerk.worker.work.Progress;
import io.bohrwerk.worker.work.Runners;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One slot: takes a piece of work and runs it on a second thread while it keeps the queue's lock on it. The work is settled only when the broker
 * has the report, so it is done at least once; a second report on the same attempt is harmless.
 */
public final class BatchConsumer {
    private static final Logger log = LoggerFactory.getLogger(BatchConsumer.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration STEP = Duration.ofMillis(20);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration FULL_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final String name;
    private final KafkaClients clients;
    private final Duration renewInterval;
    private final Runners runners;
    private final Reports reports;
    private final Withdrawals withdrawals;
    private final Room room;
    private final Spans spans;
    private final ExecutorService batches;
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile @Nullable Running running;

    public BatchConsumer(
            String name,
            KafkaClients clients,
            Duration renewInterval,
            Runners runners,
            Reports reports,
            Withdrawals withdrawals,
            Room room,
            Spans spans) {
        this.name = name;
        this.clients = clients;
        this.renewInterval = renewInterval;
        this.runners = runners;
        this.reports = reports;
        this.withdrawals = withdrawals;
        this.room = room;
        this.spans = spans;
        this.batches = Executors.newSingleThreadExecutor(task -> {
            Thread batch = new Thread(task, name + "-batch");
            batch.setDaemon(true);
            return batch;
        });
        this.thread = new Thread(this::loop, name);
    }

    private record Running(Work work, AtomicLong passed, Withdrawals withdrawals) implements Progress {
        @Override
        public void done(long done) {
            passed.set(done);
        }

        @Override
        public boolean unwanted() {
            return withdrawn(work, withdrawals);
        }
    }

    /** Whether it is a batch of a job that has ended. */
    private static boolean withdrawn(Work work, Withdrawals withdrawals) {
        return work instanceof BatchRequest batch && withdrawals.contains(batch.jobId());
    }

    public void start() {
        thread.start();
    }

    /** What this slot's machine runs now. */
    public Optional<RunningWork> running() {
        Running now = running;
        return now == null
                ? Optional.empty()
                : Optional.of(RunningWork.of(now.work(), now.passed().get()));
    }

    /** Takes no more work. What is running goes back to the queue if it ends without a report. */
    public void stop() {
        stopping.countDown();
    }

    /** Ends what is under way, whatever it is and whoever it waits for. */
    public void interrupt() {
        batches.shutdownNow();
        thread.interrupt();
    }

    /** Whether the slot is empty and gone from the queue. */
    public boolean awaitEnd(Duration limit) throws InterruptedException {
        thread.join(Math.max(1, limit.toMillis()));
        return !thread.isAlive();
    }

    /** Waits until the slot is gone from the queue, unless it is busy. */
    public void awaitIdleEnd() throws InterruptedException {
        for (long end = System.nanoTime() + 2 * POLL.toNanos(); running == null && System.nanoTime() < end; ) {
            if (awaitEnd(STEP)) {
                return;
            }
        }
    }

    private boolean stopped() {
        return stopping.getCount() == 0;
    }

    private void loop() {
        Duration pause = FIRST_PAUSE;
        while (!stopped()) {
            if (room.shortage().isPresent()) {
                rest(FULL_PAUSE);
                continue;
            }
            try {
                clients.makeReady();
                try (BatchQueue queue = new BatchQueue(clients.consumer(name))) {
                    // Without room it leaves the queue, or others could not have what it is handed.
                    while (!stopped() && room.shortage().isEmpty()) {
                        takeOne(queue);
                        pause = FIRST_PAUSE;
                    }
                }
            } catch (NewerVersionException e) {
                log.error("{}: releasing work for a newer worker, update this one: {}", name, e.getMessage());
                rest(renewInterval);
            } catch (RuntimeException e) {
                log.warn(
                        "{}: the queue at {} does not work, next try in {} ms: {}",
                        name,
                        clients.bootstrapServers(),
                        pause.toMillis(),
                        e.toString());
                rest(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        }
        batches.shutdownNow();
    }

    private void takeOne(BatchQueue queue) {
        ConsumerRecord<byte[], byte[]> record = queue.take(POLL);
        if (record == null) {
            return;
        }
        Work request;
        try {
            request = runners.read(value(record));
        } catch (Runners.UnknownKindException e) {
            queue.settle(record, AcknowledgeType.RELEASE);
            throw new NewerVersionException(e.getMessage());
        } catch (InvalidInputException e) {
            if (isNewer(record)) {
                queue.settle(record, AcknowledgeType.RELEASE);
                throw new NewerVersionException(e.getMessage());
            }
            log.error(
                    "{}: rejecting malformed message at offset {} of partition {}: {}",
                    name,
                    record.offset(),
                    record.partition(),
                    e.getMessage());
            queue.settle(record, AcknowledgeType.REJECT);
            return;
        }
        if (withdrawn(request, withdrawals)) {
            log.debug("{}: dropping {} of an ended job", name, request.id());
            queue.done(record);
            return;
        }
        short deliveries = record.deliveryCount().orElse((short) 1);
        log.debug(
                "{}: {} at offset {} of partition {}, delivery {}",
                name,
                request.id(),
                record.offset(),
                record.partition(),
                deliveries);
        Future<Boolean> done = batches.submit(() -> work(request, deliveries, parent(record), secret(record)));
        boolean ours = keepWhile(queue, record, done);
        if (!ours) {
            throw new KafkaException("the lock on " + request.id() + " was lost while it ran");
        }
        boolean reported = reported(done);
        if (reported) {
            queue.done(record);
        } else {
            queue.settle(record, AcknowledgeType.RELEASE);
        }
        log.debug("{}: {}: {}", name, request.id(), reported ? "done" : "given back");
    }

    /** Does the work and reports, on the slot's second thread. True when the broker has the report. */
    private boolean work(Work request, int deliveries, @Nullable String parent, byte @Nullable [] secret) {
        if (deliveries >= KafkaClients.MOST_DELIVERIES) {
            Report refusal = runners.refuse(
                    request,
                    InfrastructureTrouble.UNDELIVERABLE,
                    "delivered " + deliveries + " times and never finished: it may be what kills workers");
            return reports.send(refusal, secret);
        }
        Running now = new Running(request, new AtomicLong(), withdrawals);
        running = now;
        try (Spans.Span span = span(request, deliveries, parent);
                Spans.Scope here = span.here();
                MDC.MDCCloseable machine = MDC.putCloseable("machine", name);
                MDC.MDCCloseable job = MDC.putCloseable("job", Objects.toString(request.jobId(), ""));
                MDC.MDCCloseable work =
                        MDC.putCloseable(request.kind(), request.id().toString())) {
            Optional<Report> report = runners.run(request, now);
            return report.isPresent() && reports.send(report.get(), secret);
        } finally {
            running = null;
        }
    }

    private Spans.Span span(Work request, int deliveries, @Nullable String parent) {
        return spans.receiving(request.kind(), parent)
                .with("bohrwerk.job", Objects.toString(request.jobId(), ""))
                .with("bohrwerk." + request.kind(), request.id().toString())
                .with("bohrwerk.attempt", request.attempt())
                .with("bohrwerk.deliveries", deliveries)
                .with("bohrwerk.machine", name);
    }

    /** Renews the lock until the batch is done. False when the lock is lost: then the batch is finished and reported all the same. */
    private boolean keepWhile(BatchQueue queue, ConsumerRecord<byte[], byte[]> record, Future<Boolean> done) {
        boolean ours = true;
        while (!ended(done)) {
            if (ours) {
                try {
                    queue.renew(record);
                } catch (KafkaException | IllegalStateException e) {
                    log.warn("{}: the lock on running work could not be renewed: {}", name, e.toString());
                    ours = false;
                }
            }
        }
        return ours;
    }

    /** Waits one term. */
    private boolean ended(Future<Boolean> done) {
        try {
            done.get(renewInterval.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        } catch (InterruptedException e) {
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }

    private boolean reported(Future<Boolean> done) {
        try {
            return done.get();
        } catch (ExecutionException e) {
            log.error("{}: internal error, the work is given back", name, e.getCause());
            return false;
        } catch (InterruptedException e) {
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }

    private void rest(Duration time) {
        try {
            stopping.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Work that this worker is too old for. It is released at once, and the slot leaves the queue for a while, so that a newer worker gets
     * it before its deliveries are used up.
     */
    private static final class NewerVersionException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NewerVersionException(@Nullable String message) {
            super(message);
        }
    }

    private static @Nullable String parent(ConsumerRecord<byte[], byte[]> record) {
        Header parent = record.headers().lastHeader(Spans.HEADER);
        return parent == null ? null : new String(parent.value(), StandardCharsets.US_ASCII);
    }

    private static byte @Nullable [] secret(ConsumerRecord<byte[], byte[]> record) {
        Header secret = record.headers().lastHeader(ReportSeal.SECRET_HEADER);
        return secret == null ? null : secret.value();
    }

    private static byte[] value(ConsumerRecord<byte[], byte[]> record) {
        return record.value() == null ? new byte[0] : record.value();
    }

    private static boolean isNewer(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Wire.read(value(record), Work.Envelope.class).version() > Wire.VERSION;
        } catch (InvalidInputException e) {
            return false;
        }
    }
}
