package io.bohrwerk.api.target;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.api.check.CheckView;
import io.bohrwerk.api.check.Checks;
import io.bohrwerk.api.check.TargetCheck;
import io.bohrwerk.api.upload.Uploads;
import io.bohrwerk.api.web.BlobDownload;
import io.bohrwerk.api.web.NotFoundException;
import io.bohrwerk.api.web.Page;
import io.bohrwerk.api.web.RefusedException;
import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.blob.NoSuchBlobException;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.conformance.Conformance;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
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
    private final Checks checks;
    private final boolean checking;

    TargetController(
            Targets targets,
            BlobStore blobs,
            BlobDownload download,
            TargetRemoval removal,
            Uploads uploads,
            TransactionOperations transaction,
            Checks checks,
            ApiProperties properties) {
        this.targets = targets;
        this.blobs = blobs;
        this.download = download;
        this.removal = removal;
        this.uploads = uploads;
        this.transaction = transaction;
        this.checks = checks;
        this.checking = properties.uploads().check();
    }

    /**
     * The same bundle again is the same target. A file {@code check.json}, which {@code target check} leaves beside {@code target.yaml}, is kept
     * as the target's check; without one a worker checks it.
     */
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
            return ResponseEntity.ok(checked(known.get(), upload));
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
                    .body(checked(saved, upload));
        } catch (DataIntegrityViolationException e) {
            // Another upload of the same bundle was faster.
            return ResponseEntity.ok(checked(find(target.id().hex()), upload));
        }
    }

    private TargetView checked(Target target, TargetUpload upload) {
        Optional<Conformance> finding = upload.finding();
        if (finding.isPresent()) {
            checks.keep(target.id(), finding.get());
        } else if (checking) {
            checks.order(target.id(), false);
        }
        return view(target);
    }

    private TargetView view(Target target) {
        return TargetView.from(target, checks.of(target.id()).orElse(null));
    }

    /** Has a worker check the target once more. A check that is under way is enough. */
    @PostMapping("/{id}/check")
    @ResponseStatus(HttpStatus.ACCEPTED)
    CheckView check(@PathVariable String id) {
        return CheckView.from(checks.order(find(id).id(), true));
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
        Page<Target> page = Page.of(limit, cursor, targets::below, Target::position);
        Map<Digest, TargetCheck> found =
                checks.of(page.items().stream().map(Target::id).toList());
        return page.map(target -> TargetView.from(target, found.get(target.id())));
    }

    @GetMapping("/{id}")
    TargetView get(@PathVariable String id) {
        return view(find(id));
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
