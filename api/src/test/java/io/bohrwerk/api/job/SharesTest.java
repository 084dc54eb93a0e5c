package io.bohrwerk.api.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.api.scheduling.Shares;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SharesTest {
    private static final ApiProperties.Scheduling SETTINGS = new ApiProperties.Scheduling(
            2, 2, 64, 5, Duration.ofSeconds(2), Duration.ofMinutes(15), Duration.ofSeconds(2));

    private static Shares.Wanting job(Priority priority, double millis) {
        return new Shares.Wanting(UUID.randomUUID(), priority, millis);
    }

    private static List<Integer> windows(int slots, List<Shares.Wanting> jobs) {
        return jobs.stream()
                .map(job -> Shares.window(slots, jobs, job, SETTINGS))
                .toList();
    }

    @Test
    void aJobByItselfHasAllThatTheSlotsTake() {
        assertThat(windows(10, List.of(job(Priority.LOW, 0)))).containsExactly(20);
        assertThat(windows(0, List.of(job(Priority.HIGH, 0)))).containsExactly(2);
        assertThat(windows(1_000, List.of(job(Priority.LOW, 0)))).containsExactly(64);
    }

    @Test
    void prioritiesAreWeights() {
        assertThat(windows(21, List.of(job(Priority.LOW, 0), job(Priority.NORMAL, 0), job(Priority.HIGH, 0))))
                .containsExactly(2, 8, 32);
    }

    @Test
    void noneStarves() {
        List<Shares.Wanting> jobs = new ArrayList<>(List.of(job(Priority.LOW, 60_000)));
        for (int i = 0; i < 50; i++) {
            jobs.add(job(Priority.HIGH, 10));
        }
        assertThat(windows(2, jobs)).allMatch(window -> window >= 1);
    }

    @Test
    void longBatchesAreFewer() {
        assertThat(windows(20, List.of(job(Priority.NORMAL, 1_000), job(Priority.NORMAL, 3_000))))
                .containsExactly(25, 15);
        assertThat(windows(20, List.of(job(Priority.NORMAL, 1_000), job(Priority.NORMAL, 0))))
                .as("one of which nothing is known is as the others")
                .containsExactly(20, 20);
    }

    /** Slots take from one queue in order, as workers do; what counts is the machines' time that each job gets. */
    @Test
    void machineTimeIsSharedByWeight() {
        List<Shares.Wanting> jobs =
                List.of(job(Priority.NORMAL, 1_000), job(Priority.NORMAL, 4_000), job(Priority.HIGH, 500));
        int slots = 32;
        Queue<Shares.Wanting> queue = new ArrayDeque<>();
        Map<UUID, Integer> inFlight = new HashMap<>();
        Map<UUID, Double> used = new HashMap<>();
        record Running(double end, Shares.Wanting job) {}
        PriorityQueue<Running> running = new PriorityQueue<>((one, other) -> Double.compare(one.end(), other.end()));
        double now = 0;
        while (now < 600_000) {
            for (Shares.Wanting job : jobs) {
                while (inFlight.getOrDefault(job.id(), 0) < Shares.window(slots, jobs, job, SETTINGS)) {
                    inFlight.merge(job.id(), 1, Integer::sum);
                    queue.add(job);
                }
            }
            while (running.size() < slots && !queue.isEmpty()) {
                Shares.Wanting next = queue.remove();
                running.add(new Running(now + next.millis(), next));
                used.merge(next.id(), next.millis(), Double::sum);
            }
            Running done = running.remove();
            now = done.end();
            inFlight.merge(done.job().id(), -1, Integer::sum);
        }
        double all = used.values().stream().mapToDouble(Double::doubleValue).sum();
        assertThat(used.getOrDefault(jobs.get(0).id(), 0.0) / all).isCloseTo(4.0 / 24, within(0.05));
        assertThat(used.getOrDefault(jobs.get(1).id(), 0.0) / all).isCloseTo(4.0 / 24, within(0.06));
        assertThat(used.getOrDefault(jobs.get(2).id(), 0.0) / all).isCloseTo(16.0 / 24, within(0.08));
    }
}
