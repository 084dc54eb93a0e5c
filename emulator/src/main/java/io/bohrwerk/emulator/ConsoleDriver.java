package io.bohrwerk.emulator;

import io.bohrwerk.emulator.qemu.Pipes;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.emulator.script.LoopProgram;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.target.ConsoleScript;
import io.bohrwerk.protocol.target.ScriptStep;
import io.bohrwerk.protocol.target.TargetManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * Drives a booting guest over its serial console: runs its script, then teaches its shell the test loop. When that is done the guest says
 * that it is ready, as an agent does.
 */
final class ConsoleDriver implements AutoCloseable {
    /** For a shell to take a line of 150 characters: milliseconds, on a host that is not overloaded. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);

    private final TargetManifest manifest;
    private final ConsoleScript script;
    private final FileChannel keyboard;

    /**
     * Makes the pipe that is typed into. Call it before the emulator starts.
     *
     * @param directory the machine's
     */
    ConsoleDriver(TargetManifest manifest, ConsoleScript script, Path directory) throws IOException {
        this.manifest = manifest;
        this.script = script;
        Pipes.make(directory, List.of(QemuCommandLine.INPUT));
        // For both, so that opening does not wait for a reader, and it stays open when the reader dies.
        this.keyboard = FileChannel.open(
                directory.resolve(QemuCommandLine.INPUT), StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /**
     * @param limit host time for all of it
     * @throws InfrastructureException of kind {@code NEVER_READY} when a step waits in vain
     */
    void drive(Guest guest, Duration limit)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        long end = System.nanoTime() + limit.toNanos();
        for (int i = 0; i < script.steps().size(); i++) {
            ScriptStep step = script.steps().get(i);
            if (step.send() != null) {
                type(step.send());
            } else {
                Duration most = step.timeout() == null
                        ? limit
                        : Duration.ofNanos(step.timeout().nanos());
                await(
                        guest,
                        String.valueOf(step.awaited()),
                        "script[" + i + "], " + step + ": the guest did not print it",
                        most,
                        end);
            }
        }
        for (String line : LoopProgram.lines(manifest, script)) {
            type(line);
            await(
                    guest,
                    LoopProgram.answer(line),
                    "script[" + script.steps().size() + "], snapshot ready: there is no POSIX shell, nothing"
                            + " answered the line " + line.strip() + ",",
                    ANSWER_LIMIT,
                    end);
        }
        type(LoopProgram.start());
        // A shell does not tell how many CPUs run.
        BootWatch.awaitReady(guest, 1, Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }

    private static void await(Guest guest, String text, String complaint, Duration limit, long end)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        long began = System.nanoTime();
        long until = Math.min(end, began + limit.toNanos());
        while (!guest.voice().printed().take(text)) {
            Happening happening = BootWatch.next(guest, until);
            if (happening == null) {
                throw new InfrastructureException(
                        InfrastructureTrouble.NEVER_READY,
                        complaint + " within " + (System.nanoTime() - began) / 1_000_000_000L
                                + " s; the last lines of its console: " + BootWatch.lastLines(guest));
            }
            BootWatch.requireAlive(guest, happening);
        }
    }

    /** What is typed at once fits the pipe, so this does not block on a guest that reads nothing. */
    private void type(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            keyboard.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        keyboard.close();
    }
}
