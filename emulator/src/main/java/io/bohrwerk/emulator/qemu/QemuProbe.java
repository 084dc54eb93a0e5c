package io.bohrwerk.emulator.qemu;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.qmp.QmpClient;
import io.bohrwerk.emulator.qmp.QmpException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Asks an emulator binary what it is and what it can do, by trying: see {@link Qemu}. Takes about half a second. */
public final class QemuProbe {
    static final String INSTALL_HINT = "install it with: sudo apt-get install qemu-system-x86 qemu-utils";

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Set<String> NEEDED_COMMANDS = Set.of(
            "query-replay", "replay-break", "replay-delete-break", "human-monitor-command", "stop", "cont", "quit");
    private static final List<String> DIES_WITH_US = List.of("setpriv", "--pdeathsig", "KILL");

    private static final String KERNEL = "kernel.elf";
    private static final String PLUGIN = "plugin.so";
    private static final String CONSOLE = "probe.console";
    private static final Pattern NEWEST_API = Pattern.compile("supports only up to version (\\d+)");

    private final String version;
    private final String binary;
    private final Path directory;
    private final Confinement.Cell cell;

    private QemuProbe(String version, String binary, Path directory, Confinement.Cell cell) {
        this.version = version;
        this.binary = binary;
        this.directory = directory;
        this.cell = cell;
    }

    /**
     * Tries an emulator.
     *
     * @param binary its name, found by the cell
     * @param directory a place for the probe's files
     * @param cell what the emulator may reach
     * @throws InfrastructureException of kind {@code EMULATOR_UNFIT} when it is not there, or cannot count instructions or record
     */
    public static Qemu probe(String binary, Path directory, Confinement.Cell cell) throws InfrastructureException {
        QemuProbe probe = new QemuProbe(version(binary, cell), binary, directory, cell);
        try {
            return probe.all();
        } catch (QmpException e) {
            throw unfit(probe.version + " cannot record and replay: " + e.getMessage());
        } catch (InfrastructureException e) {
            throw e.kind() == InfrastructureTrouble.EMULATOR_UNFIT
                    ? e
                    : unfit(probe.version + " cannot record and replay: " + e.getMessage());
        } catch (IOException e) {
            throw new InfrastructureException(
                    InfrastructureTrouble.DISK_FULL, "cannot lay out the probe's files: " + e, e);
        }
    }

    private Qemu all() throws InfrastructureException, IOException {
        Qemu.Stepping stepping = stepping();
        Guest guest = guest();
        return new Qemu(version, stepping, guest.severalCpus, guest.hpet, guest.exitPauses, pluginApi());
    }

    private List<String> command(String... options) {
        List<String> command = new ArrayList<>(DIES_WITH_US);
        command.add(binary);
        command.addAll(List.of("-nodefaults", "-display", "none", "-qmp", "stdio"));
        command.addAll(List.of(options));
        return command;
    }

    /** Asks an emulator that records, of a machine without anything in it. */
    private Qemu.Stepping stepping() throws InfrastructureException, QmpException {
        List<String> command = command(
                "-M", "none", "-S", "-icount", "shift=1,sleep=off,rr=record,rrfile=" + QemuCommandLine.RECORDING);
        try (QemuProcess qemu = QemuProcess.start(command, directory, cell, event -> {}, process -> {})) {
            Set<String> known = names(qemu.qmp(), "query-commands", Map.of());
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
            return names(qemu.qmp(), "qom-list-properties", Map.of("typename", "tcg-accel"))
                            .contains("one-insn-per-tb")
                    ? Qemu.Stepping.ONE_INSN_PER_TB
                    : Qemu.Stepping.SINGLESTEP;
        }
    }

    private static Set<String> names(QmpClient qmp, String command, Map<String, ?> arguments) throws QmpException {
        return StreamSupport.stream(qmp.execute(command, arguments, LIMIT).spliterator(), false)
                .map(one -> one.path("name").asString())
                .collect(Collectors.toSet());
    }

    private record Guest(boolean severalCpus, boolean hpet, boolean exitPauses) {}

    /** What the guest of {@code emulator/guest/probe} finds out, and how QEMU tells that it has ended. */
    private Guest guest() throws InfrastructureException, IOException {
        layOut(KERNEL);
        Files.deleteIfExists(directory.resolve(CONSOLE));
        List<String> command = command(
                "-M", "pc",
                "-m", "8",
                "-smp", "2",
                "-icount", "shift=4,sleep=off",
                "-kernel", KERNEL,
                "-chardev", "file,id=console,path=" + CONSOLE,
                "-device", "isa-debugcon,iobase=0xe9,chardev=console",
                "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
                "-action", "reboot=shutdown,shutdown=pause");
        CompletableFuture<Boolean> pauses = new CompletableFuture<>();
        try (QemuProcess qemu = QemuProcess.start(
                command,
                directory,
                cell,
                event -> {
                    // Its process may end right behind this event, which 7.2 does not send.
                    if (event.name().equals("SHUTDOWN")) {
                        pauses.complete(true);
                    }
                },
                process -> process.onExit().thenRun(() -> pauses.complete(false)))) {
            boolean exitPauses = pauses.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            Set<String> said = Set.copyOf(Files.readAllLines(directory.resolve(CONSOLE), StandardCharsets.ISO_8859_1));
            if (said.size() != 2) {
                throw unfit(version + ": the probe's guest said " + said + "; " + qemu.describeExit());
            }
            return new Guest(said.contains("cpus 2"), said.contains("hpet stops"), exitPauses);
        } catch (TimeoutException e) {
            throw unfit(version + ": the probe's guest did not end within " + LIMIT.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw unfit(version + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unfit("interrupted while probing " + binary);
        }
    }

    private int pluginApi() throws IOException {
        layOut(PLUGIN);
        List<String> command = command("-M", "none", "-plugin", "./" + PLUGIN);
        try (QemuProcess loaded = QemuProcess.start(command, directory, cell, event -> {}, process -> {})) {
            return 0; // it ignores plugins
        } catch (InfrastructureException e) {
            Matcher refusal = NEWEST_API.matcher(String.valueOf(e.getMessage()));
            return refusal.find() ? Integer.parseInt(refusal.group(1)) : 0;
        }
    }

    private void layOut(String file) throws IOException {
        try (InputStream in = Objects.requireNonNull(
                QemuProbe.class.getResourceAsStream("/guest/probe/" + file), "not built: probe/" + file)) {
            Files.copy(in, directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static String version(String binary, Confinement.Cell cell) throws InfrastructureException {
        String program;
        try {
            program = cell.program(binary);
        } catch (IOException e) {
            throw unfit(String.valueOf(e.getMessage()));
        }
        try {
            Process process = new ProcessBuilder(program, "--version")
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
