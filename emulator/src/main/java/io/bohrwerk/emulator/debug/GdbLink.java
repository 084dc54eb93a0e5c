package io.bohrwerk.emulator.debug;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The wire to QEMU's own gdb server: a pair of FIFOs in the emulator's directory. One thread asks. */
final class GdbLink implements AutoCloseable {
    private static final long POLL_MILLIS = 100;

    private final Path output;
    private final RandomAccessFile input;
    private final BlockingQueue<Optional<Packet>> received = new LinkedBlockingQueue<>();
    private final PacketStream stream;

    /** Connects to an emulator that has just come up. */
    GdbLink(Path directory) throws IOException {
        output = directory.resolve(QemuCommandLine.GDB + ".out");
        // For reading and writing: then opening never waits for the other side.
        input = new RandomAccessFile(
                directory.resolve(QemuCommandLine.GDB + ".in").toFile(), "rw");
        OutputStream out = Channels.newOutputStream(input.getChannel());
        stream = new PacketStream(new Opening(output), out);
        Thread reader = new Thread(this::read, "qemu-gdb-reader");
        reader.setDaemon(true);
        reader.start();
    }

    /** Opens its FIFO at the first read, on the reader's thread: opening waits for a writer. */
    private static final class Opening extends InputStream {
        private final Path fifo;
        private @Nullable InputStream in;

        Opening(Path fifo) {
            this.fifo = fifo;
        }

        @Override
        public int read() throws IOException {
            if (in == null) {
                in = new java.io.BufferedInputStream(Files.newInputStream(fifo));
            }
            return in.read();
        }

        @Override
        public void close() throws IOException {
            if (in != null) {
                in.close();
            }
        }
    }

    private void read() {
        try {
            for (Packet packet = stream.receive(); packet != null; packet = stream.receive()) {
                received.add(Optional.of(packet));
            }
        } catch (IOException e) {
            // Told like an end: whoever waits learns that the emulator is gone.
        } finally {
            received.add(Optional.empty());
        }
    }

    void send(Packet packet) throws InfrastructureException {
        try {
            stream.send(packet);
        } catch (IOException e) {
            throw gone();
        }
    }

    /** The next packet, which must come while there is time left, whether the command is broken off or not. */
    Packet receive(Budget budget) throws InfrastructureException {
        try {
            Optional<Packet> next = received.poll(budget.left().toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) {
                throw budget.timeUp("the emulator");
            }
            if (next.isEmpty()) {
                received.add(next); // for whoever asks later
            }
            return next.orElseThrow(GdbLink::gone);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InfrastructureException(InfrastructureTrouble.WORKER_STOPPED, "interrupted", e);
        }
    }

    /** The next packet; null when none has come within {@code limit}, or the command was broken off. */
    @Nullable
    Packet poll(Duration limit, Budget budget) throws InfrastructureException {
        long end = System.nanoTime() + limit.toNanos();
        try {
            do {
                Optional<Packet> next = received.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (next != null) {
                    if (next.isEmpty()) {
                        received.add(next); // for whoever asks later
                        return null;
                    }
                    return next.get();
                }
            } while (!budget.isBrokenOff() && System.nanoTime() < end);
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InfrastructureException(InfrastructureTrouble.WORKER_STOPPED, "interrupted", e);
        }
    }

    Packet ask(Packet packet, Budget budget) throws InfrastructureException {
        send(packet);
        return receive(budget);
    }

    private static InfrastructureException gone() {
        return new InfrastructureException(InfrastructureTrouble.EMULATOR_DIED, "the emulator is gone");
    }

    /** Call it when the emulator is gone. */
    @Override
    public void close() {
        try {
            input.close();
            // A reader that still waits for its FIFO's writer is let go.
            new RandomAccessFile(output.toFile(), "rw").close();
        } catch (IOException e) {
            // The FIFOs go with their directory.
        }
    }
}
