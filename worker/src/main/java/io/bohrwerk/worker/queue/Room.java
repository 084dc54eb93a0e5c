package io.bohrwerk.worker.queue;

import io.bohrwerk.protocol.DiskReserve;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether this worker's disk has room for more work, told in the log when that changes. */
public final class Room {
    private static final Logger log = LoggerFactory.getLogger(Room.class);

    private final DiskReserve reserve;
    private Optional<String> last = Optional.empty();

    public Room(DiskReserve reserve) {
        this.reserve = reserve;
    }

    /** Why nothing new is to begin; empty when it may. */
    public synchronized Optional<String> shortage() {
        Optional<String> now = reserve.shortage();
        if (now.isPresent() && last.isEmpty()) {
            log.warn("taking no more work: {}", now.get());
        } else if (now.isEmpty() && last.isPresent()) {
            log.info("there is room on the disk again: taking work");
        }
        last = now;
        return now;
    }
}
