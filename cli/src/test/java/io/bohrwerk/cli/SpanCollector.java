package io.bohrwerk.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A collector of spans by OTLP over HTTP, on loopback. Reads of its messages what the tests ask for. */
final class SpanCollector implements AutoCloseable {
    private final HttpServer server;
    private final List<Collected> spans = new CopyOnWriteArrayList<>();

    /** @param parent empty for the first of a trace @param header what the sender said of itself */
    record Collected(String trace, String id, String parent, String name, String header) {}

    SpanCollector() throws IOException {
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", this::take);
        server.start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
    }

    List<Collected> spans() {
        return spans;
    }

    private void take(HttpExchange exchange) throws IOException {
        ByteBuffer message = ByteBuffer.wrap(exchange.getRequestBody().readAllBytes());
        String header = String.valueOf(exchange.getRequestHeaders().getFirst("x-test"));
        // ExportTraceServiceRequest.resource_spans.scope_spans.spans
        for (ByteBuffer ofResource : fields(message, 1)) {
            for (ByteBuffer ofScope : fields(ofResource, 2)) {
                for (ByteBuffer span : fields(ofScope, 2)) {
                    spans.add(new Collected(
                            hex(span, 1),
                            hex(span, 2),
                            hex(span, 4),
                            text(fields(span, 5).get(0)),
                            header));
                }
            }
        }
        exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    private static String hex(ByteBuffer message, int field) {
        List<ByteBuffer> found = fields(message, field);
        if (found.isEmpty()) {
            return "";
        }
        byte[] bytes = new byte[found.get(0).remaining()];
        found.get(0).get(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    /** The fields of a number, of those that have a length: texts, bytes and messages. */
    private static List<ByteBuffer> fields(ByteBuffer message, int number) {
        ByteBuffer rest = message.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        List<ByteBuffer> found = new ArrayList<>();
        while (rest.hasRemaining()) {
            long key = varint(rest);
            switch ((int) (key & 7)) {
                case 0 -> varint(rest);
                case 1 -> rest.getLong();
                case 5 -> rest.getInt();
                case 2 -> {
                    int length = (int) varint(rest);
                    ByteBuffer value = rest.slice(rest.position(), length);
                    rest.position(rest.position() + length);
                    if (key >>> 3 == number) {
                        found.add(value);
                    }
                }
                default -> throw new IllegalStateException("not protobuf: key " + key);
            }
        }
        return found;
    }

    private static long varint(ByteBuffer bytes) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = bytes.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
