package io.bohrwerk.bench.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Carries connections between two network namespaces, in which a port of loopback is not the same: through a socket in the file system,
 * which is. One end stands in each namespace.
 */
final class Relay implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final ServerSocketChannel door;
    private final SocketAddress beyond;

    private Relay(ServerSocketChannel door, SocketAddress beyond) {
        this.door = door;
        this.beyond = beyond;
        daemon("relay-door", this::accept);
    }

    /** Where the servers are: what comes through the file goes to a port. */
    static Relay out(Path file, int port) throws IOException {
        Files.deleteIfExists(file);
        return new Relay(
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(file)),
                loopback(port));
    }

    /** Where they are missed: what comes to the port goes into the file. */
    static Relay in(int port, Path file) throws IOException {
        return new Relay(ServerSocketChannel.open().bind(loopback(port)), UnixDomainSocketAddress.of(file));
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private void accept() {
        while (door.isOpen()) {
            try {
                SocketChannel here = door.accept();
                try {
                    SocketChannel there = SocketChannel.open(beyond);
                    daemon("relay", () -> carry(here, there));
                    daemon("relay", () -> carry(there, here));
                } catch (IOException e) {
                    here.close(); // as a port that nobody listens on
                }
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private static void carry(SocketChannel from, SocketChannel to) {
        try (from;
                to) {
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
        } catch (IOException e) {
            // One side is gone, and with the two channels so is the other.
        }
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
