package io.bohrwerk.emulator.qemu;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.qmp.QmpClient;
import io.bohrwerk.emulator.qmp.QmpEvent;
import io.bohrwerk.emulator.qmp.QmpException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running QEMU, spoken to over its standard input and output. */
public final class QemuProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QemuProcess.class);
    private static final Set<String> ENVIRONMENT = Set.of("PATH");
    /** The JVM and bubblewrap report death by a signal as 128 + signal: SIGABRT, SIGKILL, SIGSEGV, SIGTERM, SIGXCPU. */
    private static final Set<Integer> SIGNALS = Set.of(134, 137, 139, 143, 152);

    /** A loaded host may need this long to bring a process up; QEMU itself takes 0.1 s. */
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    /** A QEMU that hangs ignores SIGTERM. */
    private static final Duration TERM_LIMIT = Duration.ofMillis(500);

    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
    /**
     * "Dies with its parent" means, to Linux, with the thread that started it (prctl(2), PR_SET_PDEATHSIG): so all are started by one
     * thread that lives as long as this process.
     */
    private static final ExecutorService STARTER = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "qemu-starter");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * bubblewrap ends what is inside when it is killed. It may be that this process dies before the signal is asked for: whoever has another
     * parent by then ends. The parent's number is to follow.
     */
    private static final List<String> DIES_WITH_ITS_PARENT =
            List.of("setpriv", "--pdeathsig", "KILL", "--", "sh", "-c", "[ \"$PPID\" = \"$0\" ] && exec \"$@\"");

    private final Process process;
    /** The emulator itself: where there are walls, {@code process} is bubblewrap's outer half. */
    private final ProcessHandle emulator;

    private final Path directory;
    private final LastWords errors;
    private final Confinement.Cell cell;
    private final QmpClient qmp;
    private boolean ended;

    private QemuProcess(Process process, Path directory, LastWords errors, Confinement.Cell cell, QmpClient qmp) {
        this.process = process;
        this.emulator = innermost(process.toHandle());
        this.directory = directory;
        this.errors = errors;
        this.cell = cell;
        this.qmp = qmp;
    }

    /** bubblewrap's outer process has one child, its inner one, and that the emulator, which has none. */
    private static ProcessHandle innermost(ProcessHandle process) {
        return process.children().findFirst().map(QemuProcess::innermost).orElse(process);
    }

    /**
     * Starts QEMU and waits until it answers.
     *
     * @param command from {@link QemuCommandLine}
     * @param directory where it runs; its own while it does
     * @param cell what it may reach
     * @param events as {@link QmpClient#connect}
     * @param started told of the process at once, so that it can be killed while it is starting
     * @throws InfrastructureException when it does not come up, with its exit and what it said
     */
    public static QemuProcess start(
            List<String> command,
            Path directory,
            Confinement.Cell cell,
            Consumer<QmpEvent> events,
            Consumer<Process> started)
            throws InfrastructureException {
        Process process = launch(command, directory, cell);
        started.accept(process);
        LastWords errors = LastWords.of(process);
        try {
            QmpClient qmp = QmpClient.connect(process.getInputStream(), process.getOutputStream(), events, START_LIMIT);
            return new QemuProcess(process, directory, errors, cell, qmp);
        } catch (QmpException e) {
            kill(process);
            endBelow(directory);
            takeBack(cell, directory);
            throw new InfrastructureException(
                    InfrastructureTrouble.EMULATOR_DIED, "the emulator did not start: " + describe(process, errors), e);
        }
    }

    private static Process launch(List<String> command, Path directory, Confinement.Cell cell)
            throws InfrastructureException {
        List<String> confined = new ArrayList<>(DIES_WITH_ITS_PARENT);
        confined.add(String.valueOf(ProcessHandle.current().pid()));
        try {
            confined.addAll(cell.confine(directory, command));
        } catch (IOException e) {
            throw new InfrastructureException(
                    InfrastructureTrouble.EMULATOR_UNFIT, "cannot confine the emulator: " + e.getMessage(), e);
        }
        try {
            cell.give(directory);
        } catch (IOException e) {
            throw new InfrastructureException(
                    InfrastructureTrouble.DISK_FULL, "cannot lay out the emulator's directory: " + e, e);
        }
        try {
            ProcessBuilder builder = new ProcessBuilder(confined).directory(directory.toFile());
            // This process's may hold credentials, which bubblewrap would show in its own /proc/1/environ.
            builder.environment().keySet().retainAll(ENVIRONMENT);
            return STARTER.submit(builder::start).get();
        } catch (ExecutionException e) {
            throw new InfrastructureException(
                    InfrastructureTrouble.EMULATOR_UNFIT,
                    "cannot start " + confined.get(0) + ": "
                            + Objects.requireNonNullElse(e.getCause(), e).getMessage() + "; " + QemuProbe.INSTALL_HINT,
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InfrastructureException(
                    InfrastructureTrouble.WORKER_STOPPED, "interrupted while starting the emulator", e);
        }
    }

    public QmpClient qmp() {
        return qmp;
    }

    /** Completes when the process is gone. */
    public java.util.concurrent.CompletableFuture<Process> onExit() {
        return process.onExit();
    }

    /** Its exit status. Call it when it has ended. */
    public int exitStatus() {
        return process.exitValue();
    }

    /** Its exit status, if it ended by itself without a word on its standard error. */
    public Optional<Integer> silentExit() {
        boolean silent = !process.isAlive() && errors.text(true).isEmpty();
        return silent && !SIGNALS.contains(process.exitValue()) ? Optional.of(process.exitValue()) : Optional.empty();
    }

    /** How it ended, and what it wrote to its standard error, in one line. */
    public String describeExit() {
        return describe(process, errors);
    }

    /**
     * Asks the process to end, which finishes a recording, and waits for it.
     *
     * <p>By SIGTERM, not by the monitor's {@code quit}: QEMU 7.2 writes that one into the recording, ahead of the instructions since
     * its last event, and the replay then stops before those in about every other case.
     *
     * @throws QmpException when it is still there after {@code limit}
     */
    public void end(Duration limit) throws QmpException, InterruptedException {
        emulator.destroy();
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new QmpException("the emulator does not end: still there after " + limit.toMillis() + " ms");
        }
        ended = true;
        takeBack(cell, directory);
    }

    /** Kills it at once, with nothing written any more, and waits until it is gone. */
    public void killNow() {
        process.destroyForcibly();
        close();
    }

    /** Kills what is left. */
    @Override
    public void close() {
        kill(process);
        if (!ended) {
            endBelow(directory);
        }
        takeBack(cell, directory);
    }

    /**
     * Ends what is left of emulators in machine directories that are this one or below it. A bubblewrap that is killed while it starts leaves
     * its inner half behind, which waits for it forever.
     */
    public static void endBelow(Path directory) {
        Path below = directory.toAbsolutePath();
        ProcessHandle.allProcesses()
                .filter(process ->
                        boundTo(process).map(Path::of).stream().anyMatch(machine -> machine.startsWith(below)))
                .forEach(ProcessHandle::destroyForcibly);
    }

    /** The machine's directory on the command line of a bubblewrap, or of what becomes one. */
    private static Optional<String> boundTo(ProcessHandle process) {
        try {
            List<String> command = List.of(Files.readString(
                            Path.of("/proc", Long.toString(process.pid()), "cmdline"), StandardCharsets.ISO_8859_1)
                    .split("\0"));
            int machine = command.indexOf(Bubblewrap.MACHINE);
            return machine > 1 && command.get(machine - 2).equals("--bind")
                    ? Optional.of(command.get(machine - 1))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // it has ended, or is another user's
        }
    }

    private static void takeBack(Confinement.Cell cell, Path directory) {
        try {
            cell.takeBack(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot take back " + directory, e);
        }
    }

    /** SIGTERM, then SIGKILL. Returns when what it started is gone as well. */
    public static void kill(Process process) {
        boolean interrupted = false;
        List<ProcessHandle> inside = process.descendants().toList();
        process.destroy();
        for (Duration limit : List.of(TERM_LIMIT, KILL_LIMIT)) {
            try {
                if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
            process.destroyForcibly();
        }
        for (ProcessHandle each : inside) {
            each.destroyForcibly();
            try {
                each.onExit().get(KILL_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException | TimeoutException e) {
                LOG.warn("process {} of an emulator is still there after {} ms", each.pid(), KILL_LIMIT.toMillis());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static String describe(Process process, LastWords errors) {
        String end = "still running";
        if (!process.isAlive()) {
            int status = process.exitValue();
            // The JVM and bubblewrap report death by a signal as 128 + signal, as a shell does.
            end = status > 128 ? "killed by signal " + (status - 128) : "exit status " + status;
        }
        String said = errors.text(!process.isAlive());
        return end + (said.isEmpty() ? "" : ": " + said);
    }
}
