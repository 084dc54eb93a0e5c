package io.bohrwerk.api.work;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;

/**
 * Grants the workers what they need of the broker, at start, where {@code bohrwerk.api.queue.worker-user} names them: to take work, to
 * learn which is no longer wanted, to report, to say that they live, and to set up their own group. They cannot read reports, make work, or touch any other topic.
 */
@Component
class WorkerRights implements SmartLifecycle {
    private static final int PATIENCE_SECONDS = 30;
    private static final String EVERY_HOST = "*";

    private final KafkaAdmin admin;
    private final List<ReportHandler<?>> handlers;
    private final @Nullable String user;
    private volatile boolean running;

    WorkerRights(KafkaAdmin admin, List<ReportHandler<?>> handlers, ApiProperties properties) {
        this.admin = admin;
        this.handlers = handlers;
        this.user = properties.queue().workerUser();
    }

    private List<AclBinding> of(String principal) {
        List<AclBinding> rights = new ArrayList<>();
        rights.addAll(grant(principal, ResourceType.TOPIC, Topics.BATCHES, AclOperation.READ));
        rights.addAll(grant(principal, ResourceType.TOPIC, Topics.WITHDRAWALS, AclOperation.READ));
        rights.addAll(grant(principal, ResourceType.TOPIC, Topics.HEARTBEATS, AclOperation.WRITE));
        rights.addAll(grant(principal, ResourceType.TOPIC, Topics.reports(BatchRequest.KIND), AclOperation.WRITE));
        for (ReportHandler<?> handler : handlers) {
            rights.addAll(grant(principal, ResourceType.TOPIC, Topics.reports(handler.kind()), AclOperation.WRITE));
        }
        rights.addAll(grant(
                principal, ResourceType.GROUP, Topics.WORKERS_GROUP, AclOperation.READ, AclOperation.ALTER_CONFIGS));
        return rights;
    }

    private static List<AclBinding> grant(
            String principal, ResourceType type, String name, AclOperation... operations) {
        List<AclBinding> granted = new ArrayList<>();
        for (AclOperation operation : operations) {
            granted.add(new AclBinding(
                    new ResourcePattern(type, name, PatternType.LITERAL),
                    new AccessControlEntry(principal, EVERY_HOST, operation, AclPermissionType.ALLOW)));
        }
        return granted;
    }

    /** Granting again what is granted changes nothing. */
    @Override
    public void start() {
        running = true;
        if (user == null) {
            return;
        }
        try (AdminClient client = AdminClient.create(admin.getConfigurationProperties())) {
            client.createAcls(of(user)).all().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while granting " + user + " its rights", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "cannot grant " + user + " (bohrwerk.api.queue.worker-user) its rights on the broker: "
                            + (e.getCause() == null ? e : e.getCause()).getMessage(),
                    e);
        }
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
