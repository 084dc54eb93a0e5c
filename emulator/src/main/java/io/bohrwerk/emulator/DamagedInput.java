package io.bohrwerk.emulator;

import io.bohrwerk.emulator.qemu.QemuSession;
import io.bohrwerk.emulator.qmp.QmpException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Tells by an emulator's last words which file of a replay is to blame when it gives up. */
final class DamagedInput {
    /** QEMU 7.2's own words for a recording that ends too early, or is none. */
    private static final Pattern RECORDING =
            Pattern.compile("error reading the replay data|invalid input log file version");

    private static final Pattern SNAPSHOT =
            Pattern.compile("while loading VM state|does not have the requested snapshot");

    private DamagedInput() {}

    @FunctionalInterface
    interface Opener<S> {
        S open() throws InfrastructureException, IOException;
    }

    @FunctionalInterface
    interface Use<S, T> {
        T get(S opened) throws InfrastructureException, IOException, InterruptedException, TimeoutException;
    }

    /** Uses an emulator that replays and whose guest is listened to, and ends it. */
    static <T> T blame(Opener<Guest> opener, Use<Guest, T> use)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        return blame(opener, Guest::emulator, use);
    }

    /**
     * Uses an emulator that replays, and ends it.
     *
     * @throws InfrastructureException of kind {@code BLOB_MISSING} when the emulator blames one of its files
     */
    static <S, T> T blame(Opener<S> opener, Function<S, QemuSession> emulatorOf, Use<S, T> use)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        String said = "";
        try {
            S opened = opener.open();
            try (QemuSession emulator = emulatorOf.apply(opened)) {
                try {
                    return use.get(opened);
                } catch (InfrastructureException | QmpException e) {
                    said = emulator.describeEnd();
                    throw e;
                }
            }
        } catch (InfrastructureException | QmpException e) {
            String message = String.valueOf(e.getMessage());
            String words = (message.contains(said) ? message : message + " " + said).strip();
            if (RECORDING.matcher(words).find()) {
                throw new InfrastructureException(
                        InfrastructureTrouble.BLOB_MISSING,
                        "the recording is damaged: it is cut off, or is not a recording (" + words + ")",
                        e);
            }
            if (SNAPSHOT.matcher(words).find()) {
                throw new InfrastructureException(
                        InfrastructureTrouble.BLOB_MISSING,
                        "the snapshot belongs to another target, or is damaged (" + words + ")",
                        e);
            }
            throw e;
        }
    }
}
