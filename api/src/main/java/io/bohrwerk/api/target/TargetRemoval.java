package io.bohrwerk.api.target;

import io.bohrwerk.api.web.RefusedException;
import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.target.SnapshotNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Takes targets away, and with them the blobs that no other target has. What keeps an upload of the same bytes at the same moment from
 * losing them is one lock: an upload saves its row and looks for its blobs under it, a removal looks for rows and deletes blobs.
 */
@Component
class TargetRemoval {
    private final Targets targets;
    private final BlobStore blobs;
    private final TransactionOperations transaction;

    TargetRemoval(Targets targets, BlobStore blobs, TransactionOperations transaction) {
        this.targets = targets;
        this.blobs = blobs;
        this.transaction = transaction;
    }

    /**
     * @throws RefusedException when a job was made for it: its failures could not be replayed without it
     * @throws IOException when a blob could not be deleted: the target is gone all the same, and bytes are left that nobody names
     */
    void remove(Target target) throws IOException {
        try {
            transaction.executeWithoutResult(status -> {
                targets.delete(target);
                targets.flush();
            });
        } catch (DataIntegrityViolationException e) {
            throw new RefusedException(
                    HttpStatus.CONFLICT,
                    "target",
                    "target " + target.id() + " is used by a job, whose failures need it");
        }
        List<Digest> mine = new ArrayList<>(
                target.files().stream().map(Target.StoredFile::digest).toList());
        mine.add(target.id());
        List<IOException> troubles = new ArrayList<>();
        transaction.executeWithoutResult(status -> {
            targets.lockBlobs();
            for (Digest digest : mine) {
                try {
                    if (!targets.haveFile("[{\"digest\":\"" + digest + "\"}]") && !targets.existsById(digest.hex())) {
                        blobs.delete(digest);
                    }
                } catch (IOException e) {
                    troubles.add(e);
                }
            }
        });
        if (!troubles.isEmpty()) {
            throw troubles.get(0);
        }
        removeSnapshots(target.id());
    }

    /** No failure refers to them, for there was no job. A snapshot is of one boot of one target, so nobody else has its bytes. */
    private void removeSnapshots(Digest target) throws IOException {
        Map<String, Digest> snapshots = new HashMap<>();
        blobs.names((name, digest) -> {
            if (name.startsWith(SnapshotNames.of(target))) {
                snapshots.put(name, digest);
            }
        });
        for (Map.Entry<String, Digest> snapshot : snapshots.entrySet()) {
            blobs.unlink(snapshot.getKey());
            blobs.delete(snapshot.getValue());
        }
    }
}
