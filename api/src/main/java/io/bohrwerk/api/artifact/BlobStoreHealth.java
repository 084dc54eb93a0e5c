package io.bohrwerk.api.artifact;

import io.bohrwerk.blob.BlobStore;
import java.io.IOException;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Whether the blob store answers. */
@Component("blobStoreHealthIndicator")
class BlobStoreHealth implements HealthIndicator {
    private final BlobStore blobs;

    BlobStoreHealth(BlobStore blobs) {
        this.blobs = blobs;
    }

    @Override
    public Health health() {
        try {
            blobs.ping();
            return Health.up()
                    .withDetail("store", blobs.getClass().getSimpleName())
                    .build();
        } catch (IOException e) {
            return Health.down(e).build();
        }
    }
}
