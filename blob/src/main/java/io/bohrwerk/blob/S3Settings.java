package io.bohrwerk.blob;

import static io.bohrwerk.protocol.InvalidInputException.require;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where an S3 store is and how to get in.
 *
 * @param endpoint of the service, for example {@code http://minio:9000}; null for Amazon's own
 * @param region for example {@code eu-central-1}; what a service of one's own calls itself is often {@code us-east-1}
 * @param bucket made at the start when it is missing
 * @param prefix of all keys, without slashes at its ends; empty for none
 * @param accessKey null to ask the environment, as Amazon's own tools do: variables, profiles, the machine's role
 * @param secretKey null together with {@code accessKey}
 * @param pathStyle whether the bucket stands in the path and not in the host name; most services but Amazon's want it
 */
public record S3Settings(
        @Nullable URI endpoint,
        String region,
        String bucket,
        String prefix,
        @Nullable String accessKey,
        @Nullable String secretKey,
        boolean pathStyle) {
    public S3Settings {
        require(
                endpoint == null || "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme()),
                "endpoint",
                String.valueOf(endpoint),
                "must begin with http:// or https://");
        require(!region.isBlank(), "region", region, "must not be empty");
        require(!bucket.isBlank(), "bucket", bucket, "must not be empty");
        if (!prefix.isEmpty()) {
            Names.require(prefix);
        }
        require(
                (accessKey == null) == (secretKey == null),
                "secretKey",
                "",
                "must be given together with accessKey, or neither of them");
    }

    /** Without the secret: settings end up in logs. */
    @Override
    public String toString() {
        return (endpoint == null ? "s3:" : endpoint) + "/" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
    }
}
