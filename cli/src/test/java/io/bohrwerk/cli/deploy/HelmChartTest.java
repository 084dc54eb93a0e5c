package io.bohrwerk.cli.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.worker.settings.WorkerProperties;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Ingress;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rendered by Helm itself, and read as Kubernetes reads it: a field that it does not know is a mistake. */
class HelmChartTest {
    private static final String CHART = "deploy/helm/bohrwerk";
    private static final Map<String, String> LEAST = Map.of(
            "api.image", "registry/api:1",
            "worker.image", "registry/worker:1",
            "postgres.url", "jdbc:postgresql://db/bohrwerk",
            "kafka.bootstrapServers", "kafka:9092",
            "s3.bucket", "bohrwerk");
    private static final Map<String, String> MUCH = Map.ofEntries(
            Map.entry("autoscaling.enabled", "true"),
            Map.entry("autoscaling.prometheus", "http://prometheus:9090"),
            Map.entry("metrics.serviceMonitor", "true"),
            Map.entry("metrics.secret", "scraper"),
            Map.entry("api.ingress.enabled", "true"),
            Map.entry("api.ingress.tlsSecret", "tls"),
            Map.entry("api.hosts[0]", "bohrwerk.example.org"),
            Map.entry("kafka.client.ssl\\.truststore\\.type", "PEM"),
            Map.entry("kafka.secret", "kafka-login"),
            Map.entry("s3.workerSecret", "s3-of-workers"),
            Map.entry("s3.endpoint", "http://s3:8333"),
            Map.entry("telemetry.endpoint", "http://collector:4318/v1/traces"),
            Map.entry("telemetry.secret", "collector-login"),
            Map.entry("worker.settings.bohrwerk\\.worker\\.cache-limit", "5GB"));

    /** What reads and checks a kind of document. */
    private interface Check {
        void read(JsonElement document) throws IOException;
    }

    private static final Map<String, Check> KINDS = Map.of(
            "Deployment", V1Deployment::validateJsonElement,
            "Service", V1Service::validateJsonElement,
            "ServiceAccount", V1ServiceAccount::validateJsonElement,
            "PodDisruptionBudget", V1PodDisruptionBudget::validateJsonElement,
            "NetworkPolicy", V1NetworkPolicy::validateJsonElement,
            "Ingress", V1Ingress::validateJsonElement);
    /** Of KEDA and of the Prometheus operator, whose words are not at hand. */
    private static final Set<String> OTHERS = Set.of("ScaledObject", "ServiceMonitor");

    @BeforeAll
    static void helmIsHere() {
        assumeTrue(
                System.getProperty("os.arch").equals("amd64"),
                "Helm's library is brought for this kind of processor only");
    }

    private static List<Map<String, Object>> render(Map<String, String> more) {
        TemplateCommand template = new Helm(DeployFiles.path(CHART))
                .template()
                .withName("demo")
                .withNamespace("here")
                .withKubeVersion("1.31.0");
        Map<String, String> values = new LinkedHashMap<>(LEAST);
        values.putAll(more);
        values.forEach(template::set);
        return DeployFiles.documents(template.call());
    }

    private static Map<String, Object> find(List<Map<String, Object>> documents, String kind, String name) {
        return documents.stream()
                .filter(each -> each.get("kind").equals(kind)
                        && DeployFiles.map(each.get("metadata")).get("name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, Object> pod(List<Map<String, Object>> documents, String name) {
        Map<String, Object> deployment =
                DeployFiles.map(find(documents, "Deployment", name).get("spec"));
        return DeployFiles.map(DeployFiles.map(deployment.get("template")).get("spec"));
    }

    private static Map<String, Object> container(List<Map<String, Object>> documents, String name) {
        return DeployFiles.map(
                DeployFiles.list(pod(documents, name).get("containers")).get(0));
    }

    @Test
    void helmHasNothingToSayAboutIt() {
        LintResult result = new Helm(DeployFiles.path(CHART)).lint().strict().call();
        assertThat(result.isFailed())
                .as(String.join("\n", result.getMessages()))
                .isFalse();
    }

    @Test
    void kubernetesKnowsEveryFieldOfIt() throws Exception {
        for (Map<String, String> more : List.of(Map.<String, String>of(), MUCH)) {
            Set<String> kinds = new TreeSet<>();
            for (Map<String, Object> document : render(more)) {
                String kind = String.valueOf(document.get("kind"));
                kinds.add(kind);
                Check check = KINDS.get(kind);
                if (check == null) {
                    assertThat(OTHERS).contains(kind);
                } else {
                    check.read(new Gson().toJsonTree(document));
                }
            }
            assertThat(kinds)
                    .contains("Deployment", "Service", "ServiceAccount", "PodDisruptionBudget", "NetworkPolicy");
            assertThat(kinds.containsAll(OTHERS)).isEqualTo(!more.isEmpty());
        }
        Map<String, Object> wrong = new LinkedHashMap<>(render(Map.of()).stream()
                .filter(each -> each.get("kind").equals("Deployment"))
                .findFirst()
                .orElseThrow());
        wrong.put("replicass", 1);
        assertThatThrownBy(() -> V1Deployment.validateJsonElement(new Gson().toJsonTree(wrong)))
                .hasMessageContaining("replicass");
    }

    @Test
    void itsSettingsAreOursAndItsSecretsAreReferences() {
        for (Map<String, String> more : List.of(Map.<String, String>of(), MUCH)) {
            List<Map<String, Object>> documents = render(more);
            DeployFiles.requireKnown(
                    environment(container(documents, "demo-api")), "bohrwerk.api", ApiProperties.class);
            DeployFiles.requireKnown(
                    environment(container(documents, "demo-worker")), "bohrwerk.worker", WorkerProperties.class);
            assertThat(documents).noneMatch(each -> each.get("kind").equals("Secret"));
            for (String name : List.of("demo-api", "demo-worker")) {
                for (Object each : DeployFiles.list(container(documents, name).get("env"))) {
                    Map<String, Object> variable = DeployFiles.map(each);
                    if (String.valueOf(variable.get("name"))
                            .matches(".*(PASSWORD|SECRETKEY|ACCESSKEY|JAAS|HEADERS).*")) {
                        assertThat(variable).doesNotContainKey("value").containsKey("valueFrom");
                    }
                }
            }
        }
    }

    private static Map<String, String> environment(Map<String, Object> container) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (Object each : DeployFiles.list(container.get("env"))) {
            Map<String, Object> variable = DeployFiles.map(each);
            environment.put(
                    String.valueOf(variable.get("name")), String.valueOf(variable.getOrDefault("value", "secret")));
        }
        return environment;
    }

    @Test
    void everyPodIsHardenedProbedBoundedAndEndsInOrder() {
        List<Map<String, Object>> documents = render(Map.of());
        for (String name : List.of("demo-api", "demo-worker")) {
            assertThat(DeployFiles.map(pod(documents, name).get("securityContext")))
                    .containsEntry("runAsNonRoot", true);
            Map<String, Object> container = container(documents, name);
            assertThat(DeployFiles.map(container.get("securityContext")))
                    .containsEntry("readOnlyRootFilesystem", true)
                    .containsEntry("allowPrivilegeEscalation", false);
            assertThat(container).containsKeys("livenessProbe", "startupProbe", "resources");
            // A worker takes up to 9 s to give its batches back.
            assertThat((Integer) pod(documents, name).get("terminationGracePeriodSeconds"))
                    .isGreaterThan(15);
        }
    }

    @Test
    void workersFollowTheWorkAndNeverReachTheDatabase() {
        List<Map<String, Object>> documents = render(MUCH);
        Map<String, Object> scaled =
                DeployFiles.map(find(documents, "ScaledObject", "demo-worker").get("spec"));
        assertThat(DeployFiles.map(
                        DeployFiles.map(DeployFiles.list(scaled.get("triggers")).get(0))
                                .get("metadata")))
                .containsEntry("query", "max(bohrwerk_queue_batches{namespace=\"here\"})");
        assertThat(DeployFiles.map(find(documents, "Deployment", "demo-worker").get("spec")))
                .doesNotContainKey("replicas");
        List<Object> ports = new ArrayList<>();
        Map<String, Object> policy =
                DeployFiles.map(find(documents, "NetworkPolicy", "demo-worker").get("spec"));
        assertThat(DeployFiles.list(policy.get("ingress"))).isEmpty();
        for (Object rule : DeployFiles.list(policy.get("egress"))) {
            for (Object port : DeployFiles.list(DeployFiles.map(rule).get("ports"))) {
                ports.add(DeployFiles.map(port).get("port"));
            }
        }
        assertThat(ports).contains(9092, 53).doesNotContain(5432);
    }

    /** Nothing is let in by default, and what a worker holds opens little. */
    @Test
    void workersAndScrapersHaveLoginsOfTheirOwn() {
        List<Map<String, Object>> documents = render(MUCH);
        String api = String.valueOf(container(documents, "demo-api").get("env"));
        String worker = String.valueOf(container(documents, "demo-worker").get("env"));
        assertThat(environment(container(render(Map.of()), "demo-worker")))
                .containsEntry("BOHRWERK_WORKER_QUEUE_CLIENT_SECURITY_PROTOCOL", "SASL_SSL");
        assertThat(environment(container(render(Map.of()), "demo-api")))
                .containsEntry("SPRING_KAFKA_PROPERTIES_SECURITY_PROTOCOL", "SASL_SSL")
                .containsEntry("BOHRWERK_API_QUEUE_WORKERUSER", "User:bohrwerk-worker");
        assertThat(api).contains("name=kafka-login", "name=bohrwerk-s3").doesNotContain("s3-of-workers");
        assertThat(worker)
                .contains("name=bohrwerk-kafka-worker", "name=s3-of-workers")
                .doesNotContain("kafka-login", "bohrwerk-postgres", "admin-token", "name=bohrwerk-s3");
        assertThat(find(documents, "ServiceMonitor", "demo-api").toString())
                .contains("name=scraper")
                .doesNotContain("admin-token");
        assertThatThrownBy(() -> render(Map.of("metrics.serviceMonitor", "true")))
                .hasMessageContaining("metrics.secret must be set");
    }

    @Test
    void whatMustBeSetIsAskedFor() {
        assertThatThrownBy(() -> new Helm(DeployFiles.path(CHART))
                        .template()
                        .withName("demo")
                        .withKubeVersion("1.31.0")
                        .call())
                .hasMessageContaining("must be set");
    }
}
