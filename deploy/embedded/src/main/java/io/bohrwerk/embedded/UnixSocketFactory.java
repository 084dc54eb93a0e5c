package io.bohrwerk.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Leads PostgreSQL's driver to a Unix socket: the driver wants a {@link Socket}, and the JDK has Unix sockets as channels only. Named in the
 * driver's URL as {@code socketFactory}, with the socket's path as {@code socketFactoryArg}.
 *
 * <p>The channel is non-blocking below: a blocking one knows no timeout, and is closed when its thread is interrupted.
 */
public final class UnixSocketFactory extends SocketFactory {
    private final Path path;

    /** @param path of the socket; made by the driver */
    public UnixSocketFactory(String path) {
        this.path = Path.of(path);
    }

    @Override
    public Socket createSocket() throws IOException {
        return new UnixSocket(path);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        Socket socket = createSocket();
        socket.connect(UnixDomainSocketAddress.of(path));
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return createSocket(host.getHostAddress(), port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket(host.getHostAddress(), port);
    }

    /** Goes to its path whatever address it is given. */
    private static final class UnixSocket extends Socket {
        private static final int BUFFER_BYTES = 64 << 10;

        private final Path path;
        private @Nullable SocketChannel channel;
        private @Nullable Selector readable;
        private @Nullable Selector writable;
        private volatile int timeoutMillis;
        private volatile boolean closed;

        UnixSocket(Path path) throws SocketException {
            super(noImplementation());
            this.path = path;
        }

        /** With one the super class would open a TCP socket. */
        @SuppressWarnings("NullAway")
        private static SocketImpl noImplementation() {
            return null;
        }

        @Override
        public void connect(SocketAddress address) throws IOException {
            connect(address, 0);
        }

        /** A Unix socket connects at once or not at all. */
        @Override
        public void connect(SocketAddress address, int timeout) throws IOException {
            SocketChannel opened = SocketChannel.open(UnixDomainSocketAddress.of(path));
            try {
                opened.configureBlocking(false);
                readable = Selector.open();
                opened.register(readable, SelectionKey.OP_READ);
                writable = Selector.open();
                opened.register(writable, SelectionKey.OP_WRITE);
                channel = opened;
            } catch (IOException e) {
                opened.close();
                throw e;
            }
        }

        @Override
        public InputStream getInputStream() throws IOException {
            SocketChannel from = connected();
            return new InputStream() {
                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    ByteBuffer into = ByteBuffer.wrap(bytes, offset, Math.min(length, BUFFER_BYTES));
                    return transfer(() -> from.read(into), readable, timeoutMillis);
                }

                @Override
                public void close() throws IOException {
                    UnixSocket.this.close();
                }
            };
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            SocketChannel to = connected();
            return new OutputStream() {
                @Override
                public void write(int one) throws IOException {
                    write(new byte[] {(byte) one}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    for (int written = 0; written < length; ) {
                        ByteBuffer from =
                                ByteBuffer.wrap(bytes, offset + written, Math.min(length - written, BUFFER_BYTES));
                        written += transfer(() -> to.write(from), writable, 0);
                    }
                }

                @Override
                public void close() throws IOException {
                    UnixSocket.this.close();
                }
            };
        }

        private interface Transfer {
            int go() throws IOException;
        }

        /** @return how many bytes went; at least one, or -1 at the stream's end */
        private int transfer(Transfer transfer, @Nullable Selector ready, int timeout) throws IOException {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeout);
            boolean interrupted = false;
            try {
                while (true) {
                    int count = transfer.go();
                    if (count != 0 || ready == null) {
                        return count;
                    }
                    long left = timeout == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                    if (timeout != 0 && left <= 0) {
                        throw new SocketTimeoutException("nothing came from " + path + " for " + timeout + " ms");
                    }
                    ready.select(left);
                    ready.selectedKeys().clear();
                    // An interrupt would end each select at once; it is handed on when the bytes have gone.
                    interrupted |= Thread.interrupted();
                }
            } catch (ClosedSelectorException | ClosedChannelException e) {
                throw (IOException) new SocketException("the connection to " + path + " was closed").initCause(e);
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private SocketChannel connected() throws SocketException {
            SocketChannel open = channel;
            if (open == null || closed) {
                throw new SocketException(closed ? "closed" : "not connected");
            }
            return open;
        }

        @Override
        public void close() throws IOException {
            closed = true;
            SocketChannel open = channel;
            if (open != null) {
                open.close();
            }
            for (Selector selector : new Selector[] {readable, writable}) {
                if (selector != null) {
                    selector.close();
                }
            }
        }

        @Override
        public boolean isConnected() {
            return channel != null;
        }

        @Override
        public boolean isClosed() {
            return closed;
        }

        @Override
        public void setSoTimeout(int timeout) {
            timeoutMillis = timeout;
        }

        @Override
        public int getSoTimeout() {
            return timeoutMillis;
        }

        // What TCP alone has, and the driver sets all the same.

        @Override
        public void setTcpNoDelay(boolean on) {}

        @Override
        public boolean getTcpNoDelay() {
            return true;
        }

        @Override
        public void setKeepAlive(boolean on) {}

        @Override
        public boolean getKeepAlive() {
            return false;
        }

        @Override
        public void setSendBufferSize(int size) {}

        @Override
        public int getSendBufferSize() {
            return BUFFER_BYTES;
        }

        @Override
        public void setReceiveBufferSize(int size) {}

        @Override
        public int getReceiveBufferSize() {
            return BUFFER_BYTES;
        }
    }
}
