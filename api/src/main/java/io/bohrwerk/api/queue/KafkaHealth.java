package io.bohrwerk.api.queue;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Lazy;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;

/** Whether the broker answers. */
@Component("kafkaHealthIndicator")
class KafkaHealth implements HealthIndicator, DisposableBean {
    private static final int PATIENCE_SECONDS = 3;

    private final KafkaAdmin admin;
    private @org.jspecify.annotations.Nullable AdminClient client;

    KafkaHealth(@Lazy KafkaAdmin admin) {
        this.admin = admin;
    }

    @Override
    public Health health() {
        try {
            DescribeClusterResult cluster = client().describeCluster();
            return Health.up()
                    .withDetail("cluster", cluster.clusterId().get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .withDetail(
                            "brokers",
                            cluster.nodes()
                                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                                    .size())
                    .build();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Health.down(e).build();
        } catch (ExecutionException | TimeoutException e) {
            return Health.down(e).build();
        }
    }

    private synchronized AdminClient client() {
        if (client == null) {
            client = AdminClient.create(admin.getConfigurationProperties());
        }
        return client;
    }

    @Override
    public synchronized void destroy() {
        if (client != null) {
            client.close(java.time.Duration.ofSeconds(1));
        }
    }
}
