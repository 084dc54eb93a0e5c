package io.bohrwerk.protocol.batch;

import static io.bohrwerk.protocol.InvalidInputException.present;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.schedule.Schedule;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a batch is a pure function of. Same coordinates, same bytes, on any worker.
 *
 * @param target the target's id
 * @param snapshot digest of the machine image that holds the snapshot {@code ready}
 * @param emulator the emulator's own words for its version, with the binary's name
 * @param machineOptions the emulator's options that shape the machine, without those that name files of one worker
 */
public record Coordinates(
        Digest target,
        Digest snapshot,
        String emulator,
        String machineOptions,
        Schedule schedule,
        int iterations,
        int reportEvery) {
    private static final Pattern CPUS = Pattern.compile("(?:^| )-smp ([1-9])(?: |$)");

    public Coordinates {
        present(target, "target");
        present(snapshot, "snapshot");
        present(emulator, "emulator");
        present(machineOptions, "machineOptions");
        present(schedule, "schedule");
    }

    /** How many CPUs the guest had. */
    public int cpus() {
        Matcher given = CPUS.matcher(machineOptions);
        return given.find() ? Integer.parseInt(given.group(1)) : 1;
    }

    /** How the batch is made to go the same way once more. */
    public Again again() {
        return Again.of(schedule.setting(), cpus());
    }
}
