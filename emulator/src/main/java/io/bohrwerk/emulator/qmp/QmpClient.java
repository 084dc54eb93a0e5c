package io.bohrwerk.emulator.qmp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A client of QEMU's machine protocol over a pair of streams, one JSON document a line.
 *
 * <p>One reader thread resolves answers by their id and hands events on in their order. When the stream ends, every command still
 * waiting fails. See {@code docs/interop/qmp-spec.rst} in QEMU's source.
 */
public final class QmpClient {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final OutputStream out;
    private final Consumer<QmpEvent> events;
    private final Map<Long, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();
    private final CompletableFuture<JsonNode> greeting = new CompletableFuture<>();
    private final AtomicLong nextId = new AtomicLong();
    private volatile boolean ended;

    private QmpClient(OutputStream out, Consumer<QmpEvent> events) {
        this.out = out;
        this.events = events;
    }

    /**
     * Takes the greeting and leaves negotiation mode.
     *
     * @param events called on the reader thread, must not block
     * @throws QmpException when the emulator does not greet within {@code limit}
     */
    public static QmpClient connect(InputStream in, OutputStream out, Consumer<QmpEvent> events, Duration limit)
            throws QmpException {
        QmpClient client = new QmpClient(out, events);
        Thread reader = new Thread(() -> client.read(in), "qmp-reader");
        reader.setDaemon(true);
        reader.start();
        client.await(client.greeting, "greeting", limit);
        client.execute("qmp_capabilities", Map.of(), limit);
        return client;
    }

    /**
     * Runs a command and waits for its answer.
     *
     * @return the answer's {@code return}
     * @throws QmpException when QEMU answers with an error, not within {@code limit}, or is gone
     */
    public JsonNode execute(String command, Map<String, ?> arguments, Duration limit) throws QmpException {
        long id = nextId.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        pending.put(id, answer);
        try {
            if (ended) {
                throw QmpException.gone(command + ": the emulator is gone");
            }
            ObjectNode request = JSON.createObjectNode().put("execute", command).put("id", id);
            if (!arguments.isEmpty()) {
                request.set("arguments", JSON.valueToTree(arguments));
            }
            send(command, request);
            return await(answer, command, limit);
        } finally {
            pending.remove(id);
        }
    }

    /** Runs a line of the human monitor, which answers with text: empty when all went well. */
    public String human(String line, Duration limit) throws QmpException {
        return execute("human-monitor-command", Map.of("command-line", line), limit)
                .asString();
    }

    private synchronized void send(String command, ObjectNode request) throws QmpException {
        try {
            out.write(JSON.writeValueAsBytes(request));
            out.write('\n');
            out.flush();
        } catch (IOException e) {
            throw QmpException.gone(command + ": the emulator is gone (" + e.getMessage() + ")");
        }
    }

    private JsonNode await(CompletableFuture<JsonNode> answer, String what, Duration limit) throws QmpException {
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new QmpException(what + ": no answer from the emulator within " + limit.toMillis() + " ms");
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            String message = what + ": " + cause.getMessage();
            throw cause instanceof QmpException known && known.isGone()
                    ? QmpException.gone(message)
                    : new QmpException(message);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QmpException(what + ": interrupted");
        }
    }

    private void read(InputStream in) {
        String why = "the emulator is gone";
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                dispatch(JSON.readTree(line));
            }
        } catch (IOException | JacksonException e) {
            why = "the emulator's answers broke off (" + e.getMessage() + ")";
        } finally {
            ended = true;
            QmpException gone = QmpException.gone(why);
            greeting.completeExceptionally(gone);
            pending.values().forEach(answer -> answer.completeExceptionally(gone));
        }
    }

    private void dispatch(JsonNode message) {
        if (message.has("QMP")) {
            greeting.complete(message);
        } else if (message.has("event")) {
            JsonNode data = message.path("data");
            events.accept(new QmpEvent(
                    message.path("event").asString(), data.isMissingNode() ? JSON.createObjectNode() : data));
        } else {
            CompletableFuture<JsonNode> answer = pending.get(message.path("id").asLong(0));
            if (answer == null) {
                return; // its asker gave up waiting
            }
            if (message.has("return")) {
                answer.complete(message.path("return"));
            } else {
                answer.completeExceptionally(
                        new QmpException(message.path("error").path("desc").asString("unknown error")));
            }
        }
    }
}
