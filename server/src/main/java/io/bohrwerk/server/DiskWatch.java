package io.bohrwerk.server;

import io.bohrwerk.protocol.DiskReserve;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Tells when the disk has too little room for new work, and when it has enough again. */
final class DiskWatch implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final DiskReserve reserve;
    private final Consumer<String> told;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "disk-watch");
        thread.setDaemon(true);
        return thread;
    });
    private boolean paused;

    DiskWatch(DiskReserve reserve, Consumer<String> told) {
        this.reserve = reserve;
        this.told = told;
        clock.scheduleWithFixedDelay(this::look, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        Optional<String> shortage = reserve.shortage();
        if (shortage.isPresent() && !paused) {
            told.accept("work is paused: " + shortage.get() + ". It goes on once there is room");
        } else if (shortage.isEmpty() && paused) {
            told.accept("there is room on the disk again: work goes on");
        }
        paused = shortage.isPresent();
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
