package io.bohrwerk.emulator.qemu;

import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.protocol.target.TargetTest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an emulator is started for.
 *
 * @param snapshot in the machine's image, at which it stands paused; null to boot
 */
public record Launch(Execution execution, @Nullable String snapshot, List<Instrument> instruments) {
    public Launch {
        instruments = List.copyOf(instruments);
    }

    /** From power-on; runs at once. */
    public static Launch boot(Execution execution) {
        return new Launch(execution, null, List.of());
    }

    /** From a snapshot, paused. */
    public static Launch from(String snapshot, Execution execution) {
        return new Launch(execution, snapshot, List.of());
    }

    public Launch with(Instrument instrument) {
        List<Instrument> more = new ArrayList<>(instruments);
        more.add(instrument);
        return new Launch(execution, snapshot, more);
    }

    boolean has(Class<? extends Instrument> kind) {
        return instruments.stream().anyMatch(kind::isInstance);
    }

    /**
     * Whether the guest takes typed input: one that is driven over its console does while it boots, and reads its batch at {@code ready}.
     * From a later snapshot on it has read all there is.
     */
    boolean typesTo(TargetManifest manifest) {
        return manifest.test().driver() == TargetTest.Driver.CONSOLE
                && (snapshot == null || snapshot.equals(QemuCommandLine.READY));
    }

    /** The file in the machine's directory to which the guest's first serial port is written. */
    public String serialFile(TargetManifest manifest) {
        return typesTo(manifest) ? QemuCommandLine.OUTPUT : QemuCommandLine.SERIAL;
    }
}
