package io.bohrwerk.emulator;

import io.bohrwerk.emulator.log.MergedLogFile;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.protocol.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Lets a recording replay to where the run stopped, and compares. */
final class ReplayWatch {
    static final String BEFORE = "before";
    static final String FAILURE = "failure";

    private final Session session;
    private final BatchRun run;
    private final Duration limit;
    private final long began = System.nanoTime();

    ReplayWatch(Session session, BatchRun run, Duration limit) {
        this.session = session;
        this.run = run;
        this.limit = limit;
    }

    ReplayRun run(String logClasses, Path image, Path log, MergedLogFile merged)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        List<String> differences = new ArrayList<>();
        long first = session.instructionCount();
        compare(differences, "first instruction", run.firstInstruction(), first);
        // The image is to hold what leads to the failure; its room is better used by that.
        session.deleteSnapshot(QemuCommandLine.READY);
        long before = Math.max(first, run.beforeInstruction());
        if (before > first) {
            goTo(before);
            before = session.instructionCount();
        }
        session.saveSnapshot(BEFORE);
        session.log(logClasses);
        if (run.stoppedByGuest()) {
            session.resume();
            awaitPause();
        } else {
            goTo(run.lastInstruction());
        }
        long last = session.instructionCount();
        compare(differences, "last instruction", run.lastInstruction(), last);
        session.log("none");
        session.saveSnapshot(FAILURE);
        session.end();
        merged.finish(before, last);
        compare(differences, "console", run.console(), session.console().digest());
        compare(differences, "serial console", run.serial(), session.serial().digest());
        return new ReplayRun(
                String.join("; ", differences),
                last,
                before,
                image,
                log,
                merged.bytes(),
                merged.indexFile(),
                Duration.ofNanos(System.nanoTime() - began));
    }

    private static void compare(List<String> differences, String what, long recorded, long replayed) {
        if (recorded != replayed) {
            differences.add(what + " was " + recorded + ", in the replay " + replayed);
        }
    }

    private static void compare(List<String> differences, String what, Digest recorded, Digest replayed) {
        if (!recorded.equals(replayed)) {
            differences.add(what + " differs");
        }
    }

    private void goTo(long instruction) throws InfrastructureException, IOException {
        session.breakAt(instruction);
        session.resume();
        awaitPause();
    }

    private void awaitPause() throws InfrastructureException, IOException {
        session.awaitPause("the replay", Duration.ofNanos(Math.max(0, began + limit.toNanos() - System.nanoTime())));
    }
}
