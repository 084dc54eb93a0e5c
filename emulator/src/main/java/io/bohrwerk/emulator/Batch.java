package io.bohrwerk.emulator;

import io.bohrwerk.emulator.script.LoopInput;
import io.bohrwerk.protocol.schedule.ExtraInterrupt;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.schedule.Setting;
import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.protocol.target.TargetTest;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a machine is told to run.
 *
 * @param iterations numbered from 1
 * @param goOn whether it goes on after a failing iteration: for counting failures, see {@link Machine#sweep}
 * @param usualInstructions of an iteration, without its delay; null when it is not known. Tells when a guest that is silent between two
 *     reports hangs, and nothing else
 */
public record Batch(
        Schedule schedule,
        int iterations,
        int reportEvery,
        boolean goOn,
        @Nullable Long usualInstructions) {
    /** Size of the fw_cfg file that carries the batch: fixed, so that it fits the machine whose snapshot is loaded. */
    private static final int TEXT_SIZE = 256;

    public Batch {
        schedule.requireServes(iterations);
    }

    /** Ends with its first failing iteration. */
    public Batch(Schedule schedule, int iterations, int reportEvery) {
        this(schedule, iterations, reportEvery, false);
    }

    public Batch(Schedule schedule, int iterations, int reportEvery, boolean goOn) {
        this(schedule, iterations, reportEvery, goOn, null);
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
        Setting setting = schedule.setting();
        if (setting != null) {
            line += wishes(setting);
        }
        return padded(goOn ? line + " continue=1" : line);
    }

    /** What an agent is asked for besides, and must say that it serves. */
    private String wishes(Setting setting) {
        ExtraInterrupt extra = setting.extra();
        String line = setting.timerHz() == null ? "" : " hz=" + setting.timerHz();
        return extra == null
                ? line
                : line
                        + String.format(
                                Locale.ROOT,
                                " extra=%d extra-window=%d extra-seed=%d shift=%d",
                                extra.offset(),
                                extra.window(),
                                extra.drawnBy(),
                                schedule.shift());
    }

    /** Takes what the agent says in it. */
    BatchWords words() {
        return new BatchWords(iterations, goOn);
    }

    /** In the words that the agent says when it serves them. */
    Set<String> wishes() {
        Setting setting = schedule.setting();
        Set<String> wishes = new TreeSet<>();
        if (setting != null && setting.extra() != null) {
            wishes.add("extra");
        }
        if (setting != null && setting.timerHz() != null) {
            wishes.add("hz");
        }
        return wishes;
    }

    /**
     * What starts the batch when it is typed on the console of a guest that is driven by it; empty for one with an agent.
     *
     * @throws io.bohrwerk.protocol.InvalidInputException when it cannot be said
     */
    String typed(TargetManifest manifest) {
        return manifest.test().driver() == TargetTest.Driver.CONSOLE
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
