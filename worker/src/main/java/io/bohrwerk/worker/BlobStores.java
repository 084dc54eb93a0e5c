package io.bohrwerk.worker;

import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.blob.FileBlobStore;
import io.bohrwerk.blob.S3BlobStore;
import io.bohrwerk.blob.S3Settings;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.worker.settings.WorkerProperties;
import java.io.IOException;
import java.nio.file.Path;

/** Opens the store that the settings name. */
final class BlobStores {
    private BlobStores() {}

    static BlobStore open(WorkerProperties.Blobs settings) throws IOException {
        String directory = settings.directory();
        WorkerProperties.S3 s3 = settings.s3();
        if (directory != null && s3 == null) {
            return FileBlobStore.open(Path.of(directory), settings.leastFree().toBytes());
        }
        if (s3 != null && directory == null) {
            return S3BlobStore.open(new S3Settings(
                    s3.endpoint(),
                    s3.region(),
                    s3.bucket(),
                    s3.prefix(),
                    s3.accessKey(),
                    s3.secretKey(),
                    s3.pathStyle()));
        }
        throw new InvalidInputException(
                "bohrwerk.worker.blobs",
                directory == null ? "" : "both",
                "must name exactly one blob store: bohrwerk.worker.blobs.directory or bohrwerk.worker.blobs.s3.bucket");
    }
}
