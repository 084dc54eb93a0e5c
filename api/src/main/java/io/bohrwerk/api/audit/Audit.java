package io.bohrwerk.api.audit;

import io.bohrwerk.api.audit.AuditReport.Finding;
import io.bohrwerk.api.audit.AuditReport.Kind;
import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.protocol.Digest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Compares store and database while both are in use. */
@Component
class Audit {
    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
    /** Told one by one; the rest is counted. */
    private static final int MOST_FINDINGS = 1_000;

    private final BlobStore blobs;
    private final References references;
    private final Contradictions contradictions;
    private final TransactionTemplate oneMoment;

    Audit(
            BlobStore blobs,
            References references,
            Contradictions contradictions,
            PlatformTransactionManager transactions) {
        this.blobs = blobs;
        this.references = references;
        this.contradictions = contradictions;
        this.oneMoment = new TransactionTemplate(transactions);
        this.oneMoment.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        this.oneMoment.setReadOnly(true);
    }

    /** Gathers findings. */
    private static final class Findings {
        private final List<Finding> list = new ArrayList<>();
        private long total;

        void add(Finding finding) {
            total++;
            if (list.size() < MOST_FINDINGS) {
                list.add(finding);
            }
        }
    }

    /**
     * @param grace a blob must have been put before this long to count as an orphan: workers store first and report then
     * @param repair whether orphans are deleted. Of a blob that is put again at that very moment, after all of {@code grace}, nothing is
     *     known: so a grace below a day is for a store that nobody writes to
     */
    AuditReport run(Duration grace, boolean repair) throws IOException {
        Instant now = Instant.now();
        Findings findings = new Findings();
        Map<Digest, References.Reference> required = oneMoment.execute(status -> {
            contradictions.find(findings::add);
            return references.required();
        });
        Set<Digest> named = new HashSet<>();
        long[] names = {0};
        blobs.names((name, digest) -> {
            names[0]++;
            named.add(digest);
            required.putIfAbsent(digest, new References.Reference("name " + name, -1));
        });
        Set<Digest> unseen = new HashSet<>(required.keySet());
        long[] counts = {0, 0};
        List<BlobStore.StoredBlob> unrequired = new ArrayList<>();
        blobs.blobs(blob -> {
            counts[0]++;
            counts[1] += blob.size();
            References.Reference reference = required.get(blob.digest());
            if (reference == null) {
                unrequired.add(blob);
                return;
            }
            unseen.remove(blob.digest());
            if (reference.size() >= 0 && reference.size() != blob.size()) {
                findings.add(new Finding(
                        Kind.WRONG_SIZE,
                        blob.digest().hex(),
                        reference.subject() + " has " + reference.size() + " bytes, the blob " + blob.size()));
            }
        });
        for (Digest digest : unseen) {
            References.Reference reference = required.get(digest);
            // It may have come while the store was listed.
            if (reference != null && blobs.size(digest).isEmpty()) {
                findings.add(new Finding(
                        Kind.MISSING_BLOB,
                        digest.hex(),
                        reference.subject() + " refers to it, and it is not in the store"));
            }
        }
        // Asked last: what has been reported in the meantime is mentioned.
        Set<Digest> mentioned = unrequired.isEmpty() ? Set.of() : references.mentioned();
        long young = 0;
        long deleted = 0;
        for (BlobStore.StoredBlob blob : unrequired) {
            if (mentioned.contains(blob.digest()) || named.contains(blob.digest())) {
                continue;
            }
            if (blob.storedAt().isAfter(now.minus(grace))) {
                young++;
            } else if (repair) {
                blobs.delete(blob.digest());
                LOG.info("blob {} of {} bytes was an orphan and is deleted", blob.digest(), blob.size());
                deleted++;
            } else {
                findings.add(new Finding(
                        Kind.ORPHAN_BLOB,
                        blob.digest().hex(),
                        blob.size() + " bytes, put at " + blob.storedAt() + ", and nothing refers to it"));
            }
        }
        return new AuditReport(
                counts[0], counts[1], names[0], required.size(), young, deleted, findings.total, findings.list);
    }
}
