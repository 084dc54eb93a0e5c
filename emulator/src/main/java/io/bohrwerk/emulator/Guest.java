package io.bohrwerk.emulator;

import io.bohrwerk.emulator.log.MergedLogFile;
import io.bohrwerk.emulator.qemu.Launch;
import io.bohrwerk.emulator.qemu.Pipes;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.emulator.qemu.QemuSession;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An emulator that runs, and a guest in it that is listened to. */
record Guest(QemuSession emulator, GuestVoice voice) implements AutoCloseable {
    /**
     * @param consoleLimit bytes that the guest may print on each console
     * @param merged takes the merged log, of a launch that writes one; null for none
     */
    static Guest start(
            QemuSession.Home home,
            Launch launch,
            long consoleLimit,
            GuestVoice.Interest interest,
            @Nullable MergedLogFile merged)
            throws InfrastructureException, IOException {
        String serial = launch.serialFile(home.manifest());
        GuestVoice voice = new GuestVoice(serial.equals(QemuCommandLine.OUTPUT), consoleLimit, interest);
        Map<String, Pipes.Sink> sinks = new HashMap<>(voice.sinks(serial));
        if (merged != null) {
            sinks.put(QemuCommandLine.MERGED, merged::writeAll);
        }
        return new Guest(QemuSession.start(home, launch, sinks, voice), voice);
    }

    @Override
    public void close() {
        emulator.close();
    }
}
