package io.bohrwerk.api;

import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** The servers of docker-compose.yml, by the same images, for the tests that else run with {@link Servers}. */
public final class Containers implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    private static final int S3_PORT = 8333;
    private static final String KEY = "bohrwerk";
    private static final String SECRET = "bohrwerk-secret";

    /** Started when the first test that is not skipped asks for them; Testcontainers takes them away with this JVM. */
    private static final class Started {
        private static final PostgreSQLContainer POSTGRES =
                new PostgreSQLContainer(DockerImageName.parse("postgres:18.6"));
        private static final KafkaContainer KAFKA = new KafkaContainer(DockerImageName.parse("apache/kafka:4.3.1"))
                .withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR", "1")
                .withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR", "1");
        private static final GenericContainer<?> S3 = new GenericContainer<>(
                        DockerImageName.parse("chrislusf/seaweedfs:4.44"))
                .withEnv("AWS_ACCESS_KEY_ID", KEY)
                .withEnv("AWS_SECRET_ACCESS_KEY", SECRET)
                .withCommand("server", "-dir=/data", "-s3", "-s3.port=" + S3_PORT)
                .withExposedPorts(S3_PORT)
                .waitingFor(Wait.forListeningPort());

        static {
            Startables.deepStart(POSTGRES, KAFKA, S3).join();
        }
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        TestPropertyValues.of(Servers.limits())
                .and(
                        "spring.datasource.url=" + Started.POSTGRES.getJdbcUrl(),
                        "spring.datasource.username=" + Started.POSTGRES.getUsername(),
                        "spring.datasource.password=" + Started.POSTGRES.getPassword(),
                        "spring.kafka.bootstrap-servers=" + Started.KAFKA.getBootstrapServers(),
                        "bohrwerk.api.blobs.s3.bucket=bohrwerk",
                        "bohrwerk.api.blobs.s3.endpoint=http://" + Started.S3.getHost() + ":"
                                + Started.S3.getMappedPort(S3_PORT),
                        "bohrwerk.api.blobs.s3.access-key=" + KEY,
                        "bohrwerk.api.blobs.s3.secret-key=" + SECRET,
                        "bohrwerk.api.blobs.s3.path-style=true")
                .applyTo(context);
    }
}
