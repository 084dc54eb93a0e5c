package io.bohrwerk.api.artifact;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.blob.FileBlobStore;
import io.bohrwerk.blob.S3BlobStore;
import io.bohrwerk.blob.S3Settings;
import io.bohrwerk.protocol.InvalidInputException;
import java.io.IOException;
import java.nio.file.Path;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The blob store that the settings name. */
@Configuration(proxyBeanMethods = false)
class BlobStoreConfiguration {
    @Bean
    BlobStore blobStore(ApiProperties properties) throws IOException {
        ApiProperties.Blobs blobs = properties.blobs();
        if (blobs.directory() != null && blobs.s3() == null) {
            return FileBlobStore.open(
                    Path.of(blobs.directory()), blobs.leastFree().toBytes());
        }
        ApiProperties.S3 s3 = blobs.s3();
        if (s3 == null || blobs.directory() != null) {
            throw new InvalidInputException(
                    "bohrwerk.api.blobs",
                    s3 == null ? "neither" : "both",
                    "must name one store: either bohrwerk.api.blobs.directory or bohrwerk.api.blobs.s3.bucket");
        }
        return S3BlobStore.open(new S3Settings(
                s3.endpoint(), s3.region(), s3.bucket(), s3.prefix(), s3.accessKey(), s3.secretKey(), s3.pathStyle()));
    }
}
