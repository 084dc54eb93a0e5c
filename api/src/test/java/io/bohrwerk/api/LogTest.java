package io.bohrwerk.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.mergedlog.LogIndexWriter;
import io.bohrwerk.mergedlog.LogSpan;
import io.bohrwerk.mergedlog.elf.Symbols;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.Wire;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import io.bohrwerk.protocol.batch.Topics;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.kafka.core.KafkaTemplate;
import tools.jackson.databind.JsonNode;

/** A failure's merged log over real HTTP. */
@ApiTest
class LogTest {
    private static final String TRAP = "check_exception old: 0xffffffff new 0x1\n"
            + "     0: v=01 e=0000 i=0 cpl=0 IP=0008:00100fba pc=00100fba SP=0010:00105f3c env->regs[R_EAX]=00000947\n"
            + "EAX=00000947 EBX=00000947 ECX=00119010 EDX=00118000\n"
            + "CR0=00000011 CR2=00000000 CR3=00000000 CR4=00000000\n"
            + "DR0=00118000 DR1=00000000 DR2=00000000 DR3=00000000 \nDR6=ffff0ff1 DR7=000d0401\n";
    private static final String LOG = "@bw pass 1\n@bw pa" + TRAP + "ss 2\n" + TRAP + TRAP.replace("0ff1", "0ff0")
            + "Servicing hardware INT=0x20\n@bw fail 3 lost\n";

    @LocalServerPort
    private int port;

    @Autowired
    private BlobStore blobs;

    @Autowired
    private KafkaTemplate<String, byte[]> kafka;

    private Http http;

    @BeforeEach
    void connect() {
        http = new Http(port);
    }

    private ArtifactReference put(ArtifactKind kind, byte[] bytes) throws Exception {
        Digest digest = Digest.of(bytes);
        blobs.put(digest, new ByteArrayInputStream(bytes));
        return new ArtifactReference(kind, bytes.length, digest);
    }

    private String failure(List<ArtifactReference> artifacts) throws Exception {
        String target = http.upload("/api/v1/targets", Samples.target("log"))
                .json()
                .get("id")
                .asString();
        String job = http.post("/api/v1/jobs", "{\"target\": \"" + target + "\", \"strategy\": \"random\"}")
                .json()
                .get("id")
                .asString();
        JsonNode batch =
                http.get("/api/v1/jobs/" + job + "/batches").json().get("items").get(0);
        kafka.send(
                        Topics.REPORTS,
                        Wire.write(Samples.failed(
                                UUID.fromString(job),
                                UUID.fromString(batch.get("id").asString()),
                                1,
                                3,
                                "lost",
                                artifacts)))
                .get();
        long end = System.nanoTime() + 90_000_000_000L;
        while (System.nanoTime() < end) {
            JsonNode items =
                    http.get("/api/v1/jobs/" + job + "/failures").json().get("items");
            if (!items.isEmpty()) {
                return items.get(0).get("id").asString();
            }
            Thread.sleep(50);
        }
        throw new AssertionError("no failure came");
    }

    private String indexed() throws Exception {
        ByteArrayOutputStream index = new ByteArrayOutputStream();
        byte[] bytes = LOG.getBytes(StandardCharsets.UTF_8);
        ArtifactReference log = put(ArtifactKind.MERGED_LOG, Zstd.compress(bytes));
        Symbols symbols = address -> new Symbols.Place("race", 4);
        try (LogIndexWriter writer = new LogIndexWriter(index, new LogSpan(1, 9, 1), symbols)) {
            writer.frame(0);
            writer.feed(bytes, 0, bytes.length);
            writer.finish(new LogIndexWriter.Ending(log.digest(), log.size(), false, 100L, 200L));
        }
        return failure(List.of(log, put(ArtifactKind.MERGED_LOG_INDEX, index.toByteArray())));
    }

    @Test
    void entriesAndFiguresAreServed() throws Exception {
        String path = "/api/v1/failures/" + indexed() + "/log";
        JsonNode summary = http.get(path + "/summary").json();
        assertThat(summary.get("bytes").asLong()).isEqualTo(LOG.length());
        assertThat(summary.get("entries").asLong()).isEqualTo(7);
        assertThat(summary.get("complete").asBoolean()).isTrue();
        assertThat(summary.get("toInstruction").asLong()).isEqualTo(200);
        assertThat(summary.get("firstIteration").asLong()).isEqualTo(1);
        assertThat(summary.get("lastIteration").asLong()).isEqualTo(3);
        assertThat(summary.get("kinds").toString()).isEqualTo("{\"guest\":3,\"interrupt\":4,\"reset\":0,\"other\":0}");
        assertThat(summary.get("vectors").toString())
                .isEqualTo(
                        "[{\"vector\":1,\"name\":\"#DB\",\"count\":3},{\"vector\":32,\"name\":\"0x20\",\"count\":1}]");
        assertThat(summary.get("repeatedTraps").toString()).isEqualTo("[4]");
        assertThat(summary.get("failureEntry").asLong()).isEqualTo(6);

        JsonNode page = http.get(path + "/entries?vector=1,14&iteration=3").json();
        assertThat(page.get("entries").size()).isEqualTo(2);
        JsonNode trap = page.get("entries").get(1);
        assertThat(trap.get("number").asLong()).isEqualTo(4);
        assertThat(trap.get("kind").asString()).isEqualTo("interrupt");
        assertThat(trap.get("name").asString()).isEqualTo("#DB");
        assertThat(trap.get("ip").asString()).isEqualTo("0008:00100fba");
        assertThat(trap.get("sp").asString()).isEqualTo("0010:00105f3c");
        assertThat(trap.get("registers").get("EAX").asString()).isEqualTo("00000947");
        assertThat(trap.get("debugRegisters").get("DR6").asString()).isEqualTo("ffff0ff0");
        assertThat(trap.get("symbol").asString()).isEqualTo("race+0x4");
        assertThat(trap.get("repeats").toString()).isEqualTo("{\"entry\":3,\"differs\":[\"DR6\"]}");
        assertThat(page.get("next").isNull()).isTrue();

        JsonNode broken =
                http.get(path + "/entries?text=pass%202").json().get("entries").get(0);
        assertThat(broken.get("text").asString()).isEqualTo("@bw pass 2");
        assertThat(broken.get("number").asLong()).isEqualTo(2);
        JsonNode last =
                http.get(path + "/entries?from=6&direction=backward&limit=2").json();
        assertThat(last.get("entries").get(0).get("number").asLong()).isEqualTo(5);
        assertThat(last.get("previous").asLong()).isEqualTo(4);
        assertThat(http.get(path + "/entries?repeated=true")
                        .json()
                        .get("entries")
                        .size())
                .isEqualTo(1);
        assertThat(http.get(path + "/entries?kind=guest").json().get("entries").size())
                .isEqualTo(3);
        assertThat(http.get(path + "/index").status()).isEqualTo(200);
        assertThat(http.get("/openapi").json().get("paths").propertyNames())
                .contains("/api/v1/failures/{id}/log/entries", "/api/v1/failures/{id}/log/summary");

        assertInvalid(path + "/entries?iteration=4", "iteration", "1 to 3");
        assertInvalid(path + "/entries?from=7", "from", "7 entries");
        assertInvalid(path + "/entries?limit=0", "limit", "between 1 and 1000");
        assertInvalid(path + "/entries?kind=what", "kind", "guest, interrupt");
        assertInvalid(path + "/entries?vector=256", "vector", "between 0 and 255");
        assertInvalid(path + "/entries?vector=x", "vector", "between 0 and 255");
        assertInvalid(path + "/entries?direction=up", "direction", "forward, backward");
        assertInvalid(path + "/entries?from=x", "from", "number");
    }

    private void assertInvalid(String path, String field, String rule) throws Exception {
        Http.Answer answer = http.get(path);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.json().get("field").asString()).isEqualTo(field);
        assertThat(answer.json().get("rule").asString()).contains(rule);
    }

    @Test
    void aLogWithoutAnIndexOrWithADamagedOneIsSaidToBeSo() throws Exception {
        ArtifactReference log = put(ArtifactKind.MERGED_LOG, Zstd.compress(new byte[] {1}));
        String bare = failure(List.of(log));
        Http.Answer missing = http.get("/api/v1/failures/" + bare + "/log/summary");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.json().get("detail").asString()).contains("no index of the merged log", bare);
        String damaged = failure(List.of(log, put(ArtifactKind.MERGED_LOG_INDEX, new byte[100])));
        Http.Answer broken = http.get("/api/v1/failures/" + damaged + "/log/entries");
        assertThat(broken.status()).isEqualTo(500);
        assertThat(broken.json().get("detail").asString()).contains("damaged");
    }
}
