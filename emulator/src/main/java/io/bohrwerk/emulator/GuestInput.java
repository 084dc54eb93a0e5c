package io.bohrwerk.emulator;

import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.protocol.schedule.Delays;
import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.protocol.target.TargetTest;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * What a guest is given to run: the files it finds in fw_cfg, by the names that QEMU's command line gives them, and what is typed on its
 * console if it is driven over that. Each character is a byte (ISO 8859-1).
 */
public final class GuestInput {
    private static final byte[] NO_DELAYS = new byte[Integer.BYTES];

    private GuestInput() {}

    /**
     * All that replaying a recording by hand needs besides the target's files.
     *
     * @throws io.bohrwerk.protocol.InvalidInputException when the batch cannot be typed
     */
    public static Map<String, String> of(TargetManifest manifest, Batch batch) {
        return of(manifest, batch.text(), Delays.file(batch.schedule()), batch.typed(manifest));
    }

    /** For a guest that waits for its batch. */
    static Map<String, String> waiting(TargetManifest manifest) {
        return of(manifest, Batch.waiting(), NO_DELAYS, "");
    }

    private static Map<String, String> of(TargetManifest manifest, String batch, byte[] delays, String typed) {
        StringBuilder test =
                new StringBuilder("format " + manifest.test().format().word() + "\n");
        for (String subtest : manifest.test().expectedFailures()) {
            test.append("expect ").append(subtest).append('\n');
        }
        byte[] rules = test.toString().getBytes(StandardCharsets.UTF_8);
        Map<String, String> files = new HashMap<>();
        files.put(QemuCommandLine.BATCH, batch);
        files.put(QemuCommandLine.DELAYS, new String(delays, StandardCharsets.ISO_8859_1));
        files.put(QemuCommandLine.TEST, new String(rules, StandardCharsets.ISO_8859_1));
        if (manifest.test().driver() == TargetTest.Driver.CONSOLE) {
            files.put(QemuCommandLine.INPUT, typed);
        }
        return Map.copyOf(files);
    }
}
