package io.bohrwerk.api.scheduling;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.api.job.Job;
import io.bohrwerk.api.job.Priority;
import io.bohrwerk.api.worker.Fleet;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Divides the batches that may be in flight among the jobs that want some.
 *
 * <p>A job is to have machines by its priority's weight: of S slots n = S * weight / all weights. The queue is first in, first out, so
 * every batch waits there equally long, Q. By Little's law a job that occupies n machines with batches of mean time s gets through n / s
 * of them in a unit of time, and has n / s * (Q + s) in flight: those that run, and those that wait. Q follows from how many are to wait
 * in all, {@code batchesPerSlot - 1} for each slot. So a new job's first batch waits for a batch or two, however many jobs there are;
 * and each has at least one in flight, so none starves.
 */
@Component
public class Shares {
    /** Jobs come and go by seconds; batches by the thousand in each. */
    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();
    /** Of a job that has none yet: it is guessed to be as the others are. */
    private static final double UNKNOWN = 0;

    private final JdbcClient database;
    private final Fleet fleet;
    private final ApiProperties.Scheduling settings;
    private volatile @Nullable Look latest;

    Shares(JdbcClient database, Fleet fleet, ApiProperties properties) {
        this.database = database;
        this.fleet = fleet;
        this.settings = properties.scheduling();
    }

    /** A job that wants batches. @param millis mean time of a batch; 0 when it is not known */
    public record Wanting(UUID id, Priority priority, double millis) {}

    /** The jobs that want batches, at one moment. */
    record Look(long takenNanos, List<Wanting> jobs) {}

    /** How many batches a job may have in flight now; none while there are workers and not one of them can serve it. */
    int of(Job job) {
        Fleet.Slots slots = fleet.slots(job.needs());
        if (slots.inVain()) {
            return 0;
        }
        return window(
                slots.serving(),
                look().jobs(),
                new Wanting(job.id(), job.priority(), millis(job.totals().batchMillis())),
                settings);
    }

    /** Whether there are workers, and none of them can serve it. */
    boolean inVain(Job job) {
        return fleet.slots(job.needs()).inVain();
    }

    /** The largest that any job may have now, for finding those that may have room. */
    public int largest() {
        List<Wanting> jobs = look().jobs();
        int slots = fleet.slots(0).all();
        return jobs.stream()
                .mapToInt(job -> window(slots, jobs, job, settings))
                .max()
                .orElse(settings.fewestBatches());
    }

    /** There are other jobs from now on: asks anew, and once more when the change of this transaction can be seen. */
    void changed() {
        latest = null;
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    latest = null;
                }
            });
        }
    }

    private static double millis(@Nullable Long known) {
        return known == null ? UNKNOWN : Math.max(1, known);
    }

    private Look look() {
        Look look = latest;
        if (look == null || System.nanoTime() - look.takenNanos() > FRESH_NANOS) {
            look = new Look(System.nanoTime(), wanting());
            latest = look;
        }
        return look;
    }

    private List<Wanting> wanting() {
        return database.sql("select id, priority, batch_millis from jobs"
                        + " where state in ('QUEUED', 'RUNNING') and iterations + promised < iteration_budget")
                .query((row, number) -> new Wanting(
                        Objects.requireNonNull(row.getObject("id", UUID.class)),
                        Priority.valueOf(row.getString("priority")),
                        millis((Long) row.getObject("batch_millis"))))
                .list();
    }

    /**
     * Pure.
     *
     * @param slots of all live workers
     * @param jobs that want batches
     * @param job whether or not it is among them, for they may have been looked at a moment ago
     */
    public static int window(int slots, List<Wanting> jobs, Wanting job, ApiProperties.Scheduling settings) {
        double known = jobs.stream()
                .mapToDouble(Wanting::millis)
                .filter(millis -> millis > 0)
                .average()
                .orElse(1);
        double weights = job.priority().weight();
        double rates = weights / millis(job, known);
        boolean alone = true;
        for (Wanting other : jobs) {
            if (!other.id().equals(job.id())) {
                weights += other.priority().weight();
                rates += other.priority().weight() / millis(other, known);
                alone = false;
            }
        }
        double machines = slots * job.priority().weight() / weights;
        double wait = (settings.batchesPerSlot() - 1) * weights / rates;
        long share = Math.round(machines * (1 + wait / millis(job, known)));
        // With a second batch waiting in the queue a job of long batches could take two slots where it is to have one.
        int fewest = alone || slots == 0 ? settings.fewestBatches() : 1;
        return (int) Math.max(fewest, Math.min(settings.mostBatches(), share));
    }

    private static double millis(Wanting job, double otherwise) {
        return job.millis() > 0 ? job.millis() : otherwise;
    }
}
