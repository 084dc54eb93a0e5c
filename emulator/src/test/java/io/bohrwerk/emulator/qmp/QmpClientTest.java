package io.bohrwerk.emulator.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client against a peer that says what QEMU would, line by line. */
@Timeout(20)
class QmpClientTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final InputStream toClient;
    private final OutputStream fromClient;
    private final OutputStream fromPeer;
    private final BufferedReader requests;
    private final List<QmpEvent> events = new CopyOnWriteArrayList<>();

    QmpClientTest() throws IOException {
        Pipe answers = Pipe.open();
        Pipe commands = Pipe.open();
        toClient = Channels.newInputStream(answers.source());
        fromPeer = Channels.newOutputStream(answers.sink());
        fromClient = Channels.newOutputStream(commands.sink());
        requests = new BufferedReader(
                new InputStreamReader(Channels.newInputStream(commands.source()), StandardCharsets.UTF_8));
    }

    @AfterEach
    void part() throws IOException {
        fromPeer.close();
        fromClient.close();
    }

    private void say(String line) throws IOException {
        fromPeer.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        fromPeer.flush();
    }

    private QmpClient connected() throws Exception {
        say("{\"QMP\": {\"version\": {}}}");
        CompletableFuture<QmpClient> client = async(() -> QmpClient.connect(toClient, fromClient, events::add, LIMIT));
        assertThat(requests.readLine()).isEqualTo("{\"execute\":\"qmp_capabilities\",\"id\":1}");
        say("{\"return\": {}, \"id\": 1}");
        return client.get();
    }

    @Test
    void answersGoToTheirAskers() throws Exception {
        QmpClient client = connected();
        CompletableFuture<String> first =
                async(() -> client.execute("a", Map.of("x", 1), LIMIT).asString());
        assertThat(requests.readLine()).isEqualTo("{\"execute\":\"a\",\"id\":2,\"arguments\":{\"x\":1}}");
        CompletableFuture<String> second = async(() -> client.human("info replay", LIMIT));
        assertThat(requests.readLine()).contains("\"command-line\":\"info replay\"");
        say("{\"return\": \"two\", \"id\": 3}");
        say("{\"return\": \"one\", \"id\": 2}");
        assertThat(first.get()).isEqualTo("one");
        assertThat(second.get()).isEqualTo("two");
    }

    @Test
    void eventsComeInOrderAlsoBetweenAnswers() throws Exception {
        QmpClient client = connected();
        CompletableFuture<String> answer =
                async(() -> client.execute("cont", Map.of(), LIMIT).toString());
        requests.readLine();
        say("{\"event\": \"RESUME\", \"timestamp\": {}}");
        say("{\"event\": \"SHUTDOWN\", \"data\": {\"reason\": \"guest-reset\"}}");
        say("{\"return\": {}, \"id\": 2}");
        answer.get();
        assertThat(events).extracting(QmpEvent::name).containsExactly("RESUME", "SHUTDOWN");
        assertThat(events.get(1).data().path("reason").asString()).isEqualTo("guest-reset");
    }

    @Test
    void anErrorIsTheAskersAlone() throws Exception {
        QmpClient client = connected();
        CompletableFuture<String> answer =
                async(() -> client.execute("nonsense", Map.of(), LIMIT).toString());
        requests.readLine();
        say(
                "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"The command nonsense has not been found\"}, \"id\": 2}");
        assertThatThrownBy(answer::get)
                .rootCause()
                .hasMessageContaining("nonsense: The command nonsense has not been found");
    }

    @Test
    void whoStillWaitsFailsWhenTheEmulatorGoes() throws Exception {
        QmpClient client = connected();
        CompletableFuture<String> answer =
                async(() -> client.execute("savevm", Map.of(), LIMIT).toString());
        requests.readLine();
        fromPeer.close();
        assertThatThrownBy(answer::get).rootCause().hasMessage("savevm: the emulator is gone");
        assertThatThrownBy(() -> client.execute("cont", Map.of(), LIMIT)).isInstanceOf(QmpException.class);
    }

    @Test
    void nonsenseOnTheLineFailsThoseWhoWait() throws Exception {
        QmpClient client = connected();
        CompletableFuture<String> answer =
                async(() -> client.execute("cont", Map.of(), LIMIT).toString());
        requests.readLine();
        say("Segmentation fault");
        assertThatThrownBy(answer::get).rootCause().hasMessageContaining("broke off");
    }

    @Test
    void silenceEndsAtTheLimit() throws Exception {
        QmpClient client = connected();
        assertThatThrownBy(() -> client.execute("stop", Map.of(), Duration.ofMillis(50)))
                .hasMessage("stop: no answer from the emulator within 50 ms");
        requests.readLine();
        say("{\"return\": {}, \"id\": 2}"); // late, for nobody
        CompletableFuture<String> answer =
                async(() -> client.execute("again", Map.of(), LIMIT).asString());
        requests.readLine();
        say("{\"return\": \"fine\", \"id\": 3}");
        assertThat(answer.get()).isEqualTo("fine");
    }

    @Test
    void noGreetingIsAnError() throws IOException {
        fromPeer.close();
        assertThatThrownBy(() -> QmpClient.connect(toClient, fromClient, events::add, LIMIT))
                .hasMessage("greeting: the emulator is gone");
    }

    private interface Call<T> {
        T call() throws Exception;
    }

    private static <T> CompletableFuture<T> async(Call<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(call.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }
}
