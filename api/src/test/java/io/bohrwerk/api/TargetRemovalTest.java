package io.bohrwerk.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.target.SnapshotNames;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** What goes with a target that is removed, and what stays. */
@ApiTest
class TargetRemovalTest {
    @LocalServerPort
    private int port;

    @Autowired
    private BlobStore blobs;

    private Http http;

    @BeforeEach
    void connect() {
        http = new Http(port);
    }

    private Http.Answer upload(String name) throws Exception {
        Http.Answer answer = http.upload(
                "/api/v1/targets", Samples.target(name)[0], Http.Part.file("kernel.elf", "a kernel that several have"));
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer;
    }

    @Test
    void blobsOfNobodyElseGo() throws Exception {
        Http.Answer gone = upload("gone");
        Http.Answer stays = upload("stays");
        String id = gone.json().get("id").asString();
        Digest kernel = digest(gone, "kernel.elf");
        Digest manifest = digest(gone, "target.yaml");
        assertThat(digest(stays, "kernel.elf")).isEqualTo(kernel);

        assertThat(http.delete("/api/v1/targets/" + id).status()).isEqualTo(204);

        assertThat(http.get("/api/v1/targets/" + id).status()).isEqualTo(404);
        assertThat(http.delete("/api/v1/targets/" + id).status()).isEqualTo(404);
        assertThat(blobs.size(new Digest(id))).isEmpty();
        assertThat(blobs.size(manifest)).isEmpty();
        assertThat(blobs.size(kernel)).isPresent();

        assertThat(upload("gone").json().get("id").asString()).isEqualTo(id);
        assertThat(blobs.size(manifest)).isPresent();
    }

    @Test
    void itsSnapshotsGo() throws Exception {
        Digest gone = new Digest(upload("booted").json().get("id").asString());
        Digest stays = new Digest(upload("booted-too").json().get("id").asString());
        Digest goingSnapshot = snapshot(gone);
        Digest stayingSnapshot = snapshot(stays);

        assertThat(http.delete("/api/v1/targets/" + gone).status()).isEqualTo(204);

        assertThat(blobs.resolve(SnapshotNames.of(gone) + "one")).isEmpty();
        assertThat(blobs.size(goingSnapshot)).isEmpty();
        assertThat(blobs.resolve(SnapshotNames.of(stays) + "one")).contains(stayingSnapshot);
        assertThat(blobs.size(stayingSnapshot)).isPresent();
    }

    private Digest snapshot(Digest target) throws Exception {
        byte[] image = ("an image of " + target).getBytes(StandardCharsets.UTF_8);
        Digest digest = Digest.of(image);
        blobs.put(digest, new ByteArrayInputStream(image));
        blobs.link(SnapshotNames.of(target) + "one", digest);
        return digest;
    }

    @Test
    void oneThatAJobNeedsStays() throws Exception {
        String id = upload("needed").json().get("id").asString();
        assertThat(http.post(
                                "/api/v1/jobs",
                                "{\"target\": \"" + id + "\", \"strategy\": \"random\", \"iterations\": 1}")
                        .status())
                .isEqualTo(201);

        Http.Answer refused = http.delete("/api/v1/targets/" + id);

        assertThat(refused.status()).as(refused.text()).isEqualTo(409);
        assertThat(refused.json().get("detail").asString()).contains(id, "used by a job");
        assertThat(http.get("/api/v1/targets/" + id + "/files/kernel.elf").status())
                .isEqualTo(200);
    }

    private static Digest digest(Http.Answer target, String name) {
        for (JsonNode file : target.json().get("files")) {
            if (file.get("name").asString().equals(name)) {
                return new Digest(file.get("digest").asString());
            }
        }
        throw new AssertionError("no file " + name + " in " + target.text());
    }
}
