package io.bohrwerk.api.bundle;

import io.bohrwerk.api.artifact.Artifact;
import io.bohrwerk.api.failure.Failure;
import io.bohrwerk.api.failure.Failures;
import io.bohrwerk.api.web.BlobDownload;
import io.bohrwerk.api.web.NotFoundException;
import io.bohrwerk.api.web.RefusedException;
import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.Again;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.target.TargetBundle;
import io.bohrwerk.protocol.target.TargetManifest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/failures/{id}/bundle")
class BundleController {
    /** Lists of files and manifests; images are never read here. */
    private static final int LARGEST_TEXT = 4 << 20;

    private final Failures failures;
    private final BlobStore blobs;
    private final BlobDownload download;

    BundleController(Failures failures, BlobStore blobs, BlobDownload download) {
        this.failures = failures;
        this.blobs = blobs;
        this.download = download;
    }

    /** Every blob is looked for before the first byte is sent. */
    @GetMapping
    void get(@PathVariable UUID id, HttpServletRequest request, HttpServletResponse response) throws IOException {
        Failure failure = failures.findById(id).orElseThrow(() -> new NotFoundException("failure", id));
        download.send(tar(failure), "bohrwerk-" + id + ".tar", "application/x-tar", request, response);
    }

    private Tar tar(Failure failure) throws IOException {
        Digest manifest = failure.artifact(ArtifactKind.MANIFEST)
                .map(Artifact::digest)
                .orElseThrow(() -> new RefusedException(
                        HttpStatus.CONFLICT,
                        null,
                        "failure " + failure.id() + " has no manifest, so nobody knows how to replay it"));
        TargetBundle target = TargetBundle.parse(text(failure.coordinates().target()));
        Digest yaml = InvalidInputException.present(target.files().get(TargetManifest.FILE_NAME), "files");
        TargetManifest targetManifest = TargetManifest.parse(new String(text(yaml), StandardCharsets.UTF_8));
        Tar tar = new Tar(blobs, "bohrwerk-" + failure.id(), failure.occurredAt());
        if (failure.coordinates().again() != Again.NEVER) {
            addReplay(tar, failure, Scripts.of(failure, targetManifest, text(manifest)));
        } else {
            tar.add("", "README.md", Scripts.unrecorded(failure));
        }
        for (Artifact artifact : failure.artifacts()) {
            tar.add("", artifact.kind().fileName(), artifact.digest());
        }
        for (Map.Entry<String, Digest> file : target.files().entrySet()) {
            tar.add("target", file.getKey(), file.getValue());
        }
        tar.close();
        return tar;
    }

    private static void addReplay(Tar tar, Failure failure, Scripts scripts) throws IOException {
        tar.add("", "README.md", scripts.readme());
        tar.addScript("replay.sh", scripts.replay());
        if (failure.coordinates().again() == Again.REPLAY) {
            tar.addScript("debug.sh", scripts.debug());
        }
        tar.add("", "machine.sh", scripts.machine());
        for (Map.Entry<String, String> file : scripts.configuration().entrySet()) {
            tar.add("config", file.getKey(), file.getValue());
        }
        tar.add("", "ready.qcow2", failure.coordinates().snapshot());
    }

    private byte[] text(Digest digest) throws IOException {
        try (InputStream in = blobs.open(digest, 0, LARGEST_TEXT)) {
            return in.readNBytes(LARGEST_TEXT);
        }
    }
}
