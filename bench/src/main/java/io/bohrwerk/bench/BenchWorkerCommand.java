package io.bohrwerk.bench;

import io.bohrwerk.worker.WorkerApplication;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A worker whose batches take no time, as a process of its own. */
@Command(name = "bench-worker", hidden = true, description = "For bench cluster.")
public final class BenchWorkerCommand implements Callable<Integer> {
    @Option(names = "--setting", required = true)
    @SuppressWarnings("NullAway.Init")
    private Map<String, String> settings;

    @Override
    public Integer call() throws Exception {
        String id = settings.getOrDefault("bohrwerk.worker.id", "bench");
        ConfigurableApplicationContext worker = WorkerApplication.start(Map.copyOf(settings), new InstantEngine(id));
        Runtime.getRuntime().addShutdownHook(new Thread(worker::close));
        new CountDownLatch(1).await();
        return 0;
    }
}
