package io.bohrwerk.api.target;

import io.bohrwerk.api.upload.Uploads;
import io.bohrwerk.api.web.BlobDownload;
import io.bohrwerk.api.web.NotFoundException;
import io.bohrwerk.api.web.Page;
import io.bohrwerk.api.web.RefusedException;
import io.bohrwerk.protocol.blob.BlobStore;
import io.bohrwerk.protocol.blob.NoSuchBlobException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.multipart.MultipartHttpServletRequest;

@RestController
@RequestMapping("/api/v1/targets")
class TargetController {
    private static final int LONGEST_DIGESTS = 64 << 10;

    private final Targets targets;
    private final BlobStore blobs;
    private final BlobDownload download;
    private final TargetRemoval removal;
    private final Uploads uploads;
    private final TransactionOperations transaction;

    TargetController(
            Targets targets,
            BlobStore blobs,
            BlobDownload download,
            TargetRemoval removal,
            Uploads uploads,
            TransactionOperations transaction) {
        this.targets = targets;
        this.blobs = blobs;
        this.download = download;
        this.removal = removal;
        this.uploads = uploads;
        this.transaction = transaction;
    }

    /** The same bundle again is the same target. */
    @PostMapping(consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    ResponseEntity<TargetView> upload(
            @RequestPart(name = "file", required = false) @Nullable List<MultipartFile> file,
            @RequestParam(required = false) @Nullable String digests,
            MultipartHttpServletRequest request)
            throws IOException {
        TargetUpload upload = TargetUpload.of(
                file == null ? List.of() : file, digests == null ? digestsFile(request) : digests, uploads, blobs);
        Target target = upload.store(blobs, Instant.now().truncatedTo(ChronoUnit.MICROS));
        Optional<Target> known = targets.findById(target.id().hex());
        if (known.isPresent()) {
            upload.takeUploadsAway();
            return ResponseEntity.ok(TargetView.from(known.get()));
        }
        try {
            Target saved = transaction.execute(status -> {
                targets.lockBlobs();
                return targets.saveAndFlush(target);
            });
            if (isIncomplete(target)) {
                storeAgain(upload, saved); // the removal of another target took a blob that both had
            }
            upload.takeUploadsAway();
            return ResponseEntity.created(URI.create("/api/v1/targets/" + saved.id()))
                    .body(TargetView.from(saved));
        } catch (DataIntegrityViolationException e) {
            // Another upload of the same bundle was faster.
            return ResponseEntity.ok(TargetView.from(find(target.id().hex())));
        }
    }

    /** A target whose bytes are nowhere is none. */
    private void storeAgain(TargetUpload upload, Target target) throws IOException {
        try {
            upload.store(blobs, target.createdAt());
        } catch (RefusedException | NoSuchBlobException e) {
            targets.delete(target);
            throw e;
        }
    }

    /** The digests may come as a file as well, which is how curl sends {@code -F digests=@SHA256SUMS}. */
    private static @Nullable String digestsFile(MultipartHttpServletRequest request) throws IOException {
        MultipartFile part = request.getFile("digests");
        if (part == null) {
            return null;
        }
        return new String(part.getInputStream().readNBytes(LONGEST_DIGESTS), StandardCharsets.UTF_8);
    }

    @GetMapping
    Page<TargetView> list(
            @RequestParam(required = false) @Nullable Integer limit,
            @RequestParam(required = false) @Nullable String cursor) {
        return Page.of(limit, cursor, targets::below, Target::position).map(TargetView::from);
    }

    @GetMapping("/{id}")
    TargetView get(@PathVariable String id) {
        return TargetView.from(find(id));
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(@PathVariable String id) throws IOException {
        removal.remove(find(id));
    }

    @GetMapping("/{id}/files/{name}")
    void file(
            @PathVariable String id,
            @PathVariable String name,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        Target target = find(id);
        Target.StoredFile file = target.files().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NotFoundException("file of the target " + target.id(), name));
        download.send(
                file.digest(), file.size(), file.name(), MediaType.APPLICATION_OCTET_STREAM_VALUE, request, response);
    }

    private boolean isIncomplete(Target target) throws IOException {
        for (Target.StoredFile file : target.files()) {
            if (blobs.size(file.digest()).isEmpty()) {
                return true;
            }
        }
        return blobs.size(target.id()).isEmpty();
    }

    private Target find(String id) {
        return new TargetReference(id).in(targets).orElseThrow(() -> new NotFoundException("target", id));
    }
}
