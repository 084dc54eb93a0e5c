package io.bohrwerk.emulator.qemu;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.qmp.QmpException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Asks an emulator binary what it is and whether it can do what is needed, by trying. */
public final class QemuProbe {
    static final String INSTALL_HINT = "install it with: sudo apt-get install qemu-system-x86 qemu-utils";

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Set<String> NEEDED_COMMANDS = Set.of(
            "query-replay", "replay-break", "replay-delete-break", "human-monitor-command", "stop", "cont", "quit");

    private QemuProbe() {}

    /**
     * The emulator's version: the binary's name and the first line of {@code --version}.
     *
     * @param directory a place for the probe's recording
     * @param cell what the emulator may reach
     * @throws InfrastructureException when it is not there, or cannot count instructions or record
     */
    public static String probe(String binary, Path directory, Confinement.Cell cell) throws InfrastructureException {
        String version = version(binary);
        List<String> command = List.of(
                "setpriv",
                "--pdeathsig",
                "KILL",
                binary,
                "-M",
                "none",
                "-nodefaults",
                "-display",
                "none",
                "-S",
                "-qmp",
                "stdio",
                "-icount",
                "shift=1,sleep=off,rr=record,rrfile=probe.rr");
        try (QemuProcess qemu = QemuProcess.start(command, directory, cell, event -> {}, process -> {})) {
            Set<String> known = StreamSupport.stream(
                            qemu.qmp()
                                    .execute("query-commands", Map.of(), LIMIT)
                                    .spliterator(),
                            false)
                    .map(command1 -> command1.path("name").asString())
                    .collect(Collectors.toSet());
            Set<String> missing = NEEDED_COMMANDS.stream()
                    .filter(name -> !known.contains(name))
                    .collect(Collectors.toSet());
            String mode = qemu.qmp()
                    .execute("query-replay", Map.of(), LIMIT)
                    .path("mode")
                    .asString();
            if (!missing.isEmpty() || !mode.equals("record")) {
                throw unfit(
                        version + " cannot record and replay (mode " + mode + ", commands missing: " + missing + ")");
            }
            return version;
        } catch (QmpException e) {
            throw unfit(version + " cannot record and replay: " + e.getMessage());
        } catch (InfrastructureException e) {
            throw e.kind() == InfrastructureTrouble.EMULATOR_UNFIT
                    ? e
                    : unfit(version + " cannot record and replay: " + e.getMessage());
        }
    }

    private static String version(String binary) throws InfrastructureException {
        try {
            Process process = new ProcessBuilder(binary, "--version")
                    .redirectErrorStream(true)
                    .start();
            try {
                if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw unfit(binary + " --version did not answer");
                }
                String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .findFirst()
                        .orElse("");
                if (process.exitValue() != 0 || line.isBlank()) {
                    throw unfit(binary + " --version failed: " + line);
                }
                return binary + ": " + line.strip();
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw unfit(binary + " is not here; " + INSTALL_HINT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unfit("interrupted while probing " + binary);
        }
    }

    private static InfrastructureException unfit(String message) {
        return new InfrastructureException(InfrastructureTrouble.EMULATOR_UNFIT, message);
    }
}
