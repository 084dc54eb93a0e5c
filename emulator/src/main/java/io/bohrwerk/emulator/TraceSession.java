package io.bohrwerk.emulator;

import io.bohrwerk.emulator.qemu.Launch;
import io.bohrwerk.emulator.qemu.Qemu;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.emulator.qemu.QemuProcess;
import io.bohrwerk.emulator.qemu.QemuSession;
import io.bohrwerk.emulator.qmp.QmpException;
import io.bohrwerk.emulator.trace.TraceLog;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A replay in single steps, whose log is read as it comes and kept nowhere. Ends when enough is known, or with the recording. */
final class TraceSession implements AutoCloseable {
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(30);
    private static final Duration RELEASE_POLL = Duration.ofMillis(100);

    private final Path log;
    private final QemuProcess qemu;
    private final Qemu.Stepping stepping;
    private final Thread reader;
    /** Completed when the reader wants no more; exceptionally when it broke off. */
    private final CompletableFuture<Void> read = new CompletableFuture<>();
    /** Completed when the machine stands or is gone. */
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    TraceSession(QemuSession.Home home, Launch launch, TraceLog into)
            throws InfrastructureException, IOException, InterruptedException {
        Path directory = home.directory();
        stepping = home.qemu().stepping();
        log = directory.resolve(QemuCommandLine.MERGED);
        for (String name : List.of(
                QemuCommandLine.CONSOLE, QemuCommandLine.SERIAL, QemuCommandLine.OUTPUT, QemuCommandLine.MERGED)) {
            Files.deleteIfExists(directory.resolve(name));
        }
        Files.createFile(
                directory.resolve(QemuCommandLine.OUTPUT)); // of a driven guest: QEMU makes files, but no pipes
        makeFifo();
        reader = new Thread(() -> read(into), "trace-reader");
        reader.setDaemon(true);
        reader.start();
        try {
            qemu = QemuProcess.start(
                    QemuCommandLine.of(home.manifest(), home.qemu().hpet(), launch),
                    directory,
                    home.cell(),
                    event -> {
                        if (BatchWatch.stopsForGood(event)) {
                            stopped.complete(null);
                        }
                    },
                    process -> {
                        process.onExit().thenRun(() -> stopped.complete(null));
                        home.started().accept(process);
                    });
        } catch (InfrastructureException e) {
            release();
            throw e;
        }
    }

    private void makeFifo() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("mkfifo", "-m", "600", log.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("mkfifo: " + said.strip());
        }
    }

    private void read(TraceLog into) {
        try (InputStream in = Files.newInputStream(log)) {
            into.readAll(in);
            read.complete(null);
        } catch (IOException | RuntimeException e) {
            read.completeExceptionally(e);
        }
    }

    /**
     * Lets it run until enough is known or nothing more comes. Then it is killed: what it would do further is of no interest.
     *
     * @param everyInstruction whether the log is to hold each instruction, or interrupts and exceptions only
     */
    void run(boolean everyInstruction, Duration limit)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        if (everyInstruction) {
            demandSilence(stepping.command());
        }
        demandSilence(everyInstruction ? "log exec,nochain,int" : "log int");
        qemu.qmp().execute("cont", Map.of(), COMMAND_LIMIT);
        try {
            CompletableFuture.anyOf(read, stopped).get(limit.toMillis(), TimeUnit.MILLISECONDS);
            qemu.close(); // ends the log, so that the reader comes to its end
            read.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new InfrastructureException(
                    InfrastructureTrouble.HOST_TIME_LIMIT,
                    "the traced replay did not end within " + limit.toSeconds() + " s",
                    e);
        } catch (ExecutionException e) {
            throw new IOException("the trace broke off", e.getCause());
        }
    }

    private void demandSilence(String line) throws QmpException {
        String answer = qemu.qmp().human(line, COMMAND_LIMIT).strip();
        if (!answer.isEmpty()) {
            throw new QmpException(line + ": " + answer);
        }
    }

    @Override
    public void close() {
        qemu.close();
        release();
    }

    /** A reader whose writer died before opening the FIFO would wait for ever: opening it for both lets it go. */
    private void release() {
        try {
            while (reader.isAlive()) {
                FileChannel.open(log, StandardOpenOption.READ, StandardOpenOption.WRITE)
                        .close();
                reader.join(RELEASE_POLL.toMillis());
            }
        } catch (IOException e) {
            read.completeExceptionally(e); // nobody asks any more; the FIFO goes with its directory
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
