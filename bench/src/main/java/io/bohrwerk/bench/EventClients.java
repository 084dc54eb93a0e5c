package io.bohrwerk.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Many clients of one event stream, in one thread. */
final class EventClients implements AutoCloseable {
    /** Connections that are being made at once: a listening socket's backlog holds a hundred. */
    private static final int AT_ONCE = 50;

    private static final long LONGEST_MILLIS = 120_000;
    private static final String UNANSWERED = "no-answer";

    private final InetSocketAddress server;
    private final byte[] request;
    private final int deafOne;
    private final Selector selector = Selector.open();
    private final List<Client> clients = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
    private int connecting;
    private long events;

    /** @param deafOne one of so many clients sends its request and reads nothing */
    EventClients(int port, String path, int deafOne) throws IOException {
        this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.request = ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        this.deafOne = deafOne;
    }

    /** One of them. */
    private static final class Client {
        final SocketChannel channel;
        final boolean deaf;
        String status = UNANSWERED;

        Client(SocketChannel channel, boolean deaf) {
            this.channel = channel;
            this.deaf = deaf;
        }
    }

    /** Connects them all and sends their requests. */
    void connect(int count) throws IOException {
        long end = System.nanoTime() + LONGEST_MILLIS * 1_000_000;
        for (int i = 0; i < count || connecting > 0; ) {
            while (i < count && connecting < AT_ONCE) {
                SocketChannel channel = SocketChannel.open();
                channel.configureBlocking(false);
                Client client = new Client(channel, deafOne != Integer.MAX_VALUE && i % deafOne == 0);
                clients.add(client);
                channel.register(selector, SelectionKey.OP_CONNECT, client);
                connecting++;
                channel.connect(server);
                i++;
            }
            if (System.nanoTime() > end) {
                throw new IOException("only " + (i - connecting) + " of " + count + " clients could connect");
            }
            turn(100);
        }
    }

    /** Reads whatever comes in this time. */
    void readFor(long millis) throws IOException {
        for (long end = System.nanoTime() + millis * 1_000_000; System.nanoTime() < end; ) {
            turn(10);
        }
    }

    private void turn(long millis) throws IOException {
        selector.select(
                key -> {
                    Client client = (Client) key.attachment();
                    try {
                        if (key.isConnectable()) {
                            client.channel.finishConnect();
                            connecting--;
                            client.channel.write(ByteBuffer.wrap(request));
                            key.interestOps(client.deaf ? 0 : SelectionKey.OP_READ);
                        } else {
                            read(client);
                        }
                    } catch (IOException e) {
                        connecting -= key.isValid() && (key.interestOps() & SelectionKey.OP_CONNECT) != 0 ? 1 : 0;
                        client.status = client.status.equals(UNANSWERED) ? "cut-off" : client.status;
                        key.cancel();
                    }
                },
                millis);
    }

    private void read(Client client) throws IOException {
        buffer.clear();
        if (client.channel.read(buffer) < 0) {
            throw new IOException("it was ended");
        }
        String text = StandardCharsets.ISO_8859_1.decode(buffer.flip()).toString();
        if (client.status.equals(UNANSWERED) && text.startsWith("HTTP/1.1 ")) {
            client.status = text.substring(9, 12);
        }
        for (int at = text.indexOf("event:job"); at >= 0; at = text.indexOf("event:job", at + 1)) {
            events++;
        }
    }

    /** How many got which answer: a status, or {@code no-answer}, {@code cut-off}, {@code deaf}. */
    Map<String, Integer> statuses() {
        Map<String, Integer> counts = new TreeMap<>();
        for (Client client : clients) {
            counts.merge(client.deaf ? "deaf" : client.status, 1, Integer::sum);
        }
        return counts;
    }

    /** Events that came, to all of them together. */
    long events() {
        return events;
    }

    @Override
    public void close() throws IOException {
        for (Client client : clients) {
            client.channel.close();
        }
        selector.close();
    }
}
