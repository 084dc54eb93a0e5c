package io.bohrwerk.emulator;

import io.bohrwerk.emulator.script.LoopInput;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.target.TargetManifest;
import java.util.Locale;

/**
 * What a machine is told to run.
 *
 * @param iterations numbered from 1
 * @param goOn whether it goes on after a failing iteration: for counting failures, see {@link Machine#sweep}
 */
public record Batch(Schedule schedule, int iterations, int reportEvery, boolean goOn) {
    /** Size of the fw_cfg file that carries the batch: fixed, so that it fits the machine whose snapshot is loaded. */
    private static final int TEXT_SIZE = 256;

    public Batch {
        schedule.requireServes(iterations);
    }

    /** Ends with its first failing iteration. */
    public Batch(Schedule schedule, int iterations, int reportEvery) {
        this(schedule, iterations, reportEvery, false);
    }

    /** The batch in the words of the guest protocol, 256 bytes. */
    String text() {
        String line = String.format(
                Locale.ROOT,
                "run first=1 iterations=%d delay=%d stride=%d window=%d seed=%d align=%s report=%d",
                iterations,
                schedule.delay(),
                schedule.stride(),
                schedule.window(),
                schedule.seed(),
                schedule.align().word(),
                reportEvery);
        if (!schedule.delays().isEmpty()) {
            line += " delays=" + schedule.delays().size();
        }
        return padded(goOn ? line + " continue=1" : line);
    }

    /**
     * What starts the batch when it is typed on the console of a guest that is driven by it; empty for one with an agent.
     *
     * @throws io.bohrwerk.protocol.InvalidInputException when it cannot be said
     */
    String typed(TargetManifest manifest) {
        return manifest.test().driver() == TargetManifest.Driver.CONSOLE
                ? LoopInput.of(manifest, schedule, iterations, reportEvery)
                : "";
    }

    /** What a guest finds before there is a batch. */
    static String waiting() {
        return padded("wait");
    }

    private static String padded(String text) {
        return text + " ".repeat(TEXT_SIZE - text.length());
    }
}
