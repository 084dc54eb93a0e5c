package io.bohrwerk.api.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.api.ApiTest;
import io.bohrwerk.api.Http;
import io.bohrwerk.api.Samples;
import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.protocol.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Other tests share the database and the store, so each test looks for what it made itself. */
@ApiTest
class AuditTest {
    @LocalServerPort
    private int port;

    @Autowired
    private Audit audit;

    @Autowired
    private BlobStore blobs;

    @Autowired
    private JdbcClient database;

    private Http http;
    private String target = "";

    @BeforeEach
    void upload() throws Exception {
        http = new Http(port);
        target = http.upload("/api/v1/targets", Samples.target("audit-" + UUID.randomUUID()))
                .json()
                .get("id")
                .asString();
    }

    private List<AuditReport.Kind> kinds(String subject, Duration grace) throws IOException {
        return audit.run(grace, false).findings().stream()
                .filter(finding -> finding.subject().equals(subject))
                .map(AuditReport.Finding::kind)
                .toList();
    }

    private Digest put(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Digest digest = Digest.of(bytes);
        blobs.put(digest, new ByteArrayInputStream(bytes));
        return digest;
    }

    @Test
    void whatIsReferredToIsNoOrphanAndMissedWhenItIsGone() throws Exception {
        assertThat(kinds(target, Duration.ZERO)).isEmpty();
        blobs.delete(new Digest(target));
        assertThat(kinds(target, Duration.ZERO)).containsExactly(AuditReport.Kind.MISSING_BLOB);
    }

    @Test
    void namesReferToo() throws Exception {
        Digest snapshot = put("snapshot " + UUID.randomUUID());
        blobs.link("snapshots/audit/" + UUID.randomUUID(), snapshot);
        assertThat(kinds(snapshot.hex(), Duration.ZERO)).isEmpty();
        blobs.delete(snapshot);
        assertThat(kinds(snapshot.hex(), Duration.ZERO)).containsExactly(AuditReport.Kind.MISSING_BLOB);
    }

    @Test
    void anOrphanIsFoundAfterItsGraceAndDeletedByRepairAlone() throws Exception {
        Digest orphan = put("orphan " + UUID.randomUUID());
        assertThat(kinds(orphan.hex(), Duration.ofDays(1))).isEmpty();
        assertThat(audit.run(Duration.ofDays(1), true).youngBlobs()).isPositive();
        assertThat(kinds(orphan.hex(), Duration.ZERO)).containsExactly(AuditReport.Kind.ORPHAN_BLOB);
        assertThat(http.get("/api/v1/audit?grace=0").text()).contains(orphan.hex());
        assertThat(blobs.size(orphan)).isPresent();
        Digest mentioned = put("mentioned " + UUID.randomUUID());
        String name = "mentions " + mentioned;
        database.sql("insert into workers (id, version, host, slots, emulator, last_seen, running)"
                        + " values (?, 0, ?, 1, '', now() - interval '1 day', '[]')")
                .params(UUID.randomUUID().toString(), name)
                .update();
        Http.Answer repaired = http.post("/api/v1/audit/repair?grace=0", "");
        assertThat(repaired.json().get("deletedBlobs").asLong()).isPositive();
        assertThat(blobs.size(orphan)).isEmpty();
        assertThat(blobs.size(mentioned)).isPresent();
        database.sql("delete from workers where host = ?").param(name).update();
    }

    @Test
    void sumsThatAreWrongAreFound() throws Exception {
        String job = http.post("/api/v1/jobs", "{\"target\": \"" + target + "\", \"strategy\": \"random\"}")
                .json()
                .get("id")
                .asString();
        String subject = "job " + job;
        assertThat(kinds(subject, Duration.ZERO)).isEmpty();
        database.sql("update jobs set iterations = iterations + 1, failures = failures + 1 where id = ?::uuid")
                .param(job)
                .update();
        assertThat(kinds(subject, Duration.ZERO))
                .containsExactly(AuditReport.Kind.CONTRADICTION, AuditReport.Kind.CONTRADICTION);
        database.sql("update jobs set iterations = iterations - 1, failures = failures - 1 where id = ?::uuid")
                .param(job)
                .update();
        assertThat(kinds(subject, Duration.ZERO)).isEmpty();
        http.post("/api/v1/jobs/" + job + "/cancel", "");
        assertThat(kinds("totals", Duration.ZERO)).isEmpty();
        database.sql("update totals set iterations = iterations + 1 where shard = 3")
                .update();
        assertThat(kinds("totals", Duration.ZERO)).containsExactly(AuditReport.Kind.CONTRADICTION);
        database.sql("update totals set iterations = iterations - 1 where shard = 3")
                .update();
    }

    @Test
    void aGraceThatIsNoneIsRefused() throws Exception {
        Http.Answer answer = http.get("/api/v1/audit?grace=-1");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("field").asString()).isEqualTo("grace");
    }
}
