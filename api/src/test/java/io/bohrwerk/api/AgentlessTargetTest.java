package io.bohrwerk.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** What is taken and what is refused of targets that have disks, and of those that are driven over their console. */
@ApiTest
class AgentlessTargetTest {
    private static final String MANIFEST = """
            name: %s
            machine: {arch: x86_64, memory: 64MiB}
            boot: {disks: [{file: root.img, format: %s}]}
            test: {driver: console, script: [{snapshot: ready}, {loop: ./test, fail: "not ok"}]}
            """;

    @LocalServerPort
    private int port;

    private Http http;

    @BeforeEach
    void connect() {
        http = new Http(port);
    }

    private Http.Answer upload(String name, String format, byte[] image) throws Exception {
        return http.upload(
                "/api/v1/targets",
                Http.Part.file("target.yaml", MANIFEST.formatted(name, format)),
                new Http.Part("file", "root.img", image));
    }

    private void refuses(String format, byte[] image, String rule) throws Exception {
        Http.Answer answer = upload("refused", format, image);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.json().path("field").asString()).isEqualTo("boot.disks");
        assertThat(answer.json().path("value").asString()).isEqualTo("root.img");
        assertThat(answer.json().path("rule").asString()).contains(rule);
    }

    /** Of version 3, 1 MiB. @param backing a file that it lies over; empty for none */
    private static byte[] qcow2(String backing) {
        byte[] name = backing.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer image = ByteBuffer.allocate(4096);
        image.putInt(0, 0x514649fb).putInt(4, 3).putInt(20, 16).putLong(24, 1 << 20);
        image.putLong(8, name.length == 0 ? 0 : 512).putInt(16, name.length);
        return image.put(512, name).array();
    }

    @Test
    void aDiskIsWhatItIsDeclaredAs() throws Exception {
        assertThat(upload("raw", "raw", new byte[1024]).status()).isEqualTo(201);
        assertThat(upload("qcow2", "qcow2", qcow2("")).status()).isEqualTo(201);
        refuses("raw", qcow2(""), "is declared as raw, but begins as a qcow2 image does");
        refuses("qcow2", new byte[4096], "is declared as qcow2, but has no qcow2 header");
        refuses("iso", new byte[4096], "is declared as iso, but has no ISO 9660 volume descriptor");
        refuses("qcow2", qcow2("/etc/shadow"), "must not have a backing file: '/etc/shadow' is not in the bundle");
    }

    @Test
    void aDiskThatIsNotThereIsNamed() throws Exception {
        Http.Answer answer =
                http.upload("/api/v1/targets", Http.Part.file("target.yaml", MANIFEST.formatted("missing", "raw")));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).contains("root.img", "not in the bundle");
    }

    @Test
    void itSaysThatRunsOnADiskAreNotRepeatable() throws Exception {
        JsonNode target = upload("told", "raw", new byte[2048]).json();
        assertThat(target.path("repeatable").isBoolean()).isTrue();
        assertThat(target.path("repeatable").asBoolean()).isFalse();
        Http.Answer without = http.upload("/api/v1/targets", Samples.target("told-without"));
        assertThat(without.json().path("repeatable").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sweep", "aligned", "traced"})
    void aShellIsNotAskedForWhatItCannotDo(String strategy) throws Exception {
        Http.Answer answer = submit("aimed", "\"strategy\": \"" + strategy + "\"");
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.json().path("field").asString()).isEqualTo("strategy.kind");
        assertThat(answer.json().path("value").asString()).isEqualTo(strategy);
        assertThat(answer.json().path("rule").asString()).contains("needs an agent in the guest");
    }

    @Test
    void aBatchIsNoLongerThanItsLineCanSay() throws Exception {
        String random = "\"strategy\": \"random\", \"iterationsPerBatch\": ";
        assertThat(submit("long", random + 4095).status()).isEqualTo(201);
        Http.Answer answer = submit("long", random + 4096);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.json().path("field").asString()).isEqualTo("iterationsPerBatch");
        assertThat(answer.json().path("rule").asString()).contains("must be at most 4095");
    }

    private Http.Answer submit(String name, String terms) throws Exception {
        String target = upload(name, "raw", new byte[512]).json().path("id").asString();
        return http.post("/api/v1/jobs", "{\"target\": \"" + target + "\", \"iterations\": 10000, " + terms + "}");
    }
}
