package io.bohrwerk.emulator.debug;

import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A gdb server for a replayed failure, on a port of the loopback interface. One gdb at a time; when it has left, another may come, and
 * finds the machine where the first one left it.
 */
public final class TimeTravelServer implements AutoCloseable {
    private static final int OTHERS_READ_LIMIT_MILLIS = 5000;

    private final Timeline timeline;
    private final Breakpoints points = new Breakpoints();
    private final Travel travel;
    private final ServerSocket listener;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Thread acceptor;
    private @Nullable Thread server;
    private @Nullable Conversation conversation;
    private @Nullable Socket connection;

    private TimeTravelServer(Timeline timeline, ServerSocket listener) {
        this.timeline = timeline;
        this.travel = new Travel(timeline, points);
        this.listener = listener;
        this.acceptor = new Thread(this::accept, "debug-acceptor");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    /**
     * Replays to the failure and listens.
     *
     * @throws InfrastructureException when the recording does not lead there
     * @throws IOException when the port is taken
     */
    public static TimeTravelServer open(Emulator emulator, DebuggedFailure failure, DebugSettings settings)
            throws InfrastructureException, IOException {
        emulator.version(failure.target().manifest().machine().arch());
        ServerSocket listener = new ServerSocket();
        Timeline timeline = new Timeline(emulator, failure, settings);
        try {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), settings.port()));
            timeline.goTo(failure.failing(), timeline.newBudget());
            return new TimeTravelServer(timeline, listener);
        } catch (InfrastructureException | IOException | RuntimeException e) {
            listener.close();
            timeline.close();
            throw e;
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /**
     * Waits until it is closed.
     *
     * @throws InfrastructureException when it ended by itself, because no emulator could be brought to where the user was
     */
    public void await() throws InfrastructureException, InterruptedException {
        try {
            ended.get();
        } catch (ExecutionException e) {
            Throwable cause = java.util.Objects.requireNonNullElse(e.getCause(), e);
            throw new InfrastructureException(
                    InfrastructureTrouble.EMULATOR_DIED, String.valueOf(cause.getMessage()), cause);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                if (!admit(socket)) {
                    refuse(socket);
                }
            } catch (SocketException e) {
                return; // closed
            } catch (IOException e) {
                ended.completeExceptionally(e);
                return;
            }
        }
    }

    private synchronized boolean admit(Socket socket) throws IOException {
        if (connection != null) {
            return false;
        }
        PacketStream stream =
                new PacketStream(new BufferedInputStream(socket.getInputStream()), socket.getOutputStream());
        Conversation visit = new Conversation(stream, timeline, points, travel);
        Thread thread = new Thread(() -> serve(visit), "debug-server");
        connection = socket;
        conversation = visit;
        server = thread;
        thread.setDaemon(true);
        thread.start();
        return true;
    }

    private void serve(Conversation visit) {
        try {
            visit.run();
        } catch (IOException e) {
            // gdb is gone in the middle of an answer: as good as having left
        } catch (InfrastructureException e) {
            ended.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            release();
        }
    }

    private synchronized void release() {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (IOException e) {
            // it is gone in any case
        }
        connection = null;
        conversation = null;
    }

    /** Tells a second gdb why it is not served. gdb shows such an answer to its first question. */
    private void refuse(Socket socket) {
        Thread thread = new Thread(
                () -> {
                    try (socket) {
                        socket.setSoTimeout(OTHERS_READ_LIMIT_MILLIS);
                        PacketStream stream = new PacketStream(socket.getInputStream(), socket.getOutputStream());
                        if (stream.receive() != null) {
                            stream.send(Packet.of("E.another debugger is attached; one at a time"));
                        }
                    } catch (IOException e) {
                        // It did not want to hear it.
                    }
                },
                "debug-refusal");
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends the visit and every emulator. */
    @Override
    public void close() {
        try {
            listener.close();
            Thread serving;
            synchronized (this) {
                serving = server;
                if (conversation != null) {
                    conversation.leave();
                }
            }
            if (serving != null) {
                serving.join();
            }
            timeline.close();
            ended.complete(null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
