package io.bohrwerk.blob;

import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Clients that give up in bounded time, and that services other than Amazon's understand. */
final class S3Clients {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    /** Silence on a connection. A service that joins the parts of a large upload may be quiet for a while. */
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(30);
    /** One part of 8 MiB over a line of 1 Mbit/s takes 67 s. */
    private static final Duration ATTEMPT_LIMIT = Duration.ofSeconds(90);

    private static final Duration CALL_LIMIT = Duration.ofMinutes(4);
    private static final int ATTEMPTS = 4;
    private static final int CONNECTIONS = 64;

    private S3Clients() {}

    static S3Client make(S3Settings settings) {
        S3ClientBuilder builder = S3Client.builder()
                .region(Region.of(settings.region()))
                .credentialsProvider(credentials(settings))
                .forcePathStyle(settings.pathStyle())
                // The digest checks more than these do, and services other than Amazon's trip over their framing.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(s3 -> s3.chunkedEncodingEnabled(false))
                .httpClientBuilder(ApacheHttpClient.builder()
                        .connectionTimeout(CONNECT_LIMIT)
                        .socketTimeout(SILENCE_LIMIT)
                        .connectionAcquisitionTimeout(ATTEMPT_LIMIT)
                        .maxConnections(CONNECTIONS))
                .overrideConfiguration(calls -> calls.apiCallAttemptTimeout(ATTEMPT_LIMIT)
                        .apiCallTimeout(CALL_LIMIT)
                        .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(ATTEMPTS)
                                .build()));
        if (settings.endpoint() != null) {
            builder.endpointOverride(settings.endpoint());
        }
        return builder.build();
    }

    private static AwsCredentialsProvider credentials(S3Settings settings) {
        return settings.accessKey() == null || settings.secretKey() == null
                ? DefaultCredentialsProvider.builder().build()
                : StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(settings.accessKey(), settings.secretKey()));
    }
}
