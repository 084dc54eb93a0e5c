package io.bohrwerk.worker.machine;

import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.Machine;
import io.bohrwerk.emulator.TargetFiles;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The machines that are open now, so that a stop can end them all. */
public final class Machines {
    private static final Logger log = LoggerFactory.getLogger(Machines.class);

    private final long largestGuest;
    private final Set<Open> open = new HashSet<>();
    private boolean stopped;

    /** @param largestGuest bytes of memory that a guest may have */
    public Machines(long largestGuest) {
        this.largestGuest = largestGuest;
    }

    /** A machine that is known here until it is closed. */
    public final class Open implements AutoCloseable {
        private final Machine machine;

        private Open(Machine machine) {
            this.machine = machine;
        }

        public Machine machine() {
            return machine;
        }

        /** A directory that cannot be taken away is the next process's matter; it must not spoil this batch's result. */
        @Override
        public void close() {
            try {
                machine.close();
            } catch (RuntimeException e) {
                log.warn("closing a machine: {}", e.toString());
            }
            forget(this);
        }
    }

    /** @throws InfrastructureException of kind {@code GUEST_TOO_LARGE} when the guest may not have so much memory here */
    public Open open(Emulator emulator, TargetFiles target) throws InfrastructureException {
        long memory = target.manifest().machine().memory().bytes();
        if (memory > largestGuest) {
            throw new InfrastructureException(
                    InfrastructureTrouble.GUEST_TOO_LARGE,
                    "the guest needs " + (memory >> 20) + " MiB of memory, and this worker gives one at most "
                            + (largestGuest >> 20) + " MiB");
        }
        Open machine = new Open(emulator.machine(target));
        if (!remember(machine)) {
            machine.close();
            throw new InfrastructureException(InfrastructureTrouble.WORKER_STOPPED, "the worker is stopping");
        }
        return machine;
    }

    /** Ends all machines; none is opened from here on. Who uses one gets trouble of kind {@code WORKER_STOPPED}. */
    public void stop() {
        List<Open> running;
        synchronized (this) {
            stopped = true;
            running = new ArrayList<>(open);
        }
        // Each waits up to half a second for its process to go by itself; there are about as many as processor cores.
        running.parallelStream().forEach(Open::close);
    }

    public synchronized boolean stopped() {
        return stopped;
    }

    private synchronized boolean remember(Open machine) {
        return !stopped && open.add(machine);
    }

    private synchronized void forget(Open machine) {
        open.remove(machine);
    }
}
