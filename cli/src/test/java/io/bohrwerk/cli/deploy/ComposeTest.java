package io.bohrwerk.cli.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.worker.settings.WorkerProperties;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What can be known of the images and of docker-compose.yml without Docker. */
class ComposeTest {
    /** What the caller may set in the environment. */
    private static final Pattern OPEN = Pattern.compile("\\$\\{[A-Z_]+-}");

    private static Map<String, Object> services() throws IOException {
        return DeployFiles.map(DeployFiles.documents(DeployFiles.text("docker-compose.yml"))
                .get(0)
                .get("services"));
    }

    static Map<String, Object> service(String name) throws IOException {
        return DeployFiles.map(services().get(name));
    }

    private static Map<String, String> environment(String service) throws IOException {
        Map<String, String> environment = new LinkedHashMap<>();
        DeployFiles.map(DeployFiles.map(services().get(service)).get("environment"))
                .forEach((name, value) -> environment.put(
                        name, OPEN.matcher(String.valueOf(value)).replaceAll("http://elsewhere")));
        return environment;
    }

    @Test
    void itsSettingsAreOurs() throws Exception {
        DeployFiles.requireKnown(environment("api"), "bohrwerk.api", ApiProperties.class);
        DeployFiles.requireKnown(environment("worker"), "bohrwerk.worker", WorkerProperties.class);
        assertThatThrownBy(() -> DeployFiles.requireKnown(
                        Map.of("BOHRWERK_WORKER_SLOTZ", "1"), "bohrwerk.worker", WorkerProperties.class))
                .hasStackTraceContaining("slotz");
    }

    @Test
    void imagesArePinnedAndOursAreHardened() throws Exception {
        services().forEach((name, value) -> {
            Map<String, Object> service = DeployFiles.map(value);
            if (service.containsKey("build")) {
                assertThat(service)
                        .as(name)
                        .containsEntry("read_only", true)
                        .containsEntry("cap_drop", List.of("ALL"))
                        .containsEntry("security_opt", List.of("no-new-privileges:true"));
            } else {
                assertThat(String.valueOf(service.get("image"))).as(name).matches(".+:v?\\d+(\\.\\d+)+");
            }
        });
    }

    private static List<String> words(String service, String key) throws IOException {
        Object value = service(service).get(key);
        return value == null
                ? List.of()
                : DeployFiles.list(value).stream().map(String::valueOf).toList();
    }

    /** PostgreSQL's network has the API on it and nobody else. */
    @Test
    void workersAreOnNoNetworkWithPostgres() throws Exception {
        assertThat(words("postgres", "networks")).containsExactly("data");
        for (String name : services().keySet()) {
            boolean there = words(name, "networks").contains("data");
            assertThat(there).as(name).isEqualTo(List.of("postgres", "api").contains(name));
            // Without a list of its own a service is on the default network, with all others that have none.
            assertThat(service(name).containsKey("networks")
                            || "none".equals(service(name).get("network_mode")))
                    .as(name)
                    .isTrue();
        }
        assertThat(words("worker", "networks")).containsExactly("work");
    }

    /** They are made at the first start, and each part has its own alone. */
    @Test
    void noPasswordIsInTheFile() throws Exception {
        String text = DeployFiles.text("docker-compose.yml");
        assertThat(text).doesNotContainPattern("(?i)(PASSWORD|SECRETKEY|SECRET_ACCESS_KEY|JAAS_CONFIG)\\s*:");
        for (String name : services().keySet()) {
            if (!name.equals("secrets")) {
                assertThat(words(name, "volumes").stream()
                                .filter(volume -> volume.startsWith("secrets-"))
                                .map(volume -> volume.replaceAll(":.*?(:ro)?$", "$1")))
                        .as(name)
                        .isSubsetOf("secrets-" + (name.equals("prometheus") ? "metrics" : name) + ":ro");
            }
        }
        assertThat(DeployFiles.text("deploy/grafana/prometheus.yml")).contains("credentials_file: /run/bohrwerk/token");
        assertThat(words("prometheus", "volumes")).contains("secrets-metrics:/run/bohrwerk:ro");
    }

    @Test
    void nothingIsPublishedBeyondLoopback() throws Exception {
        services().forEach((name, value) -> {
            Object ports = DeployFiles.map(value).get("ports");
            if (ports != null) {
                assertThat(DeployFiles.list(ports))
                        .as(name)
                        .allMatch(port -> String.valueOf(port).startsWith("127.0.0.1:"));
            }
            assertThat(DeployFiles.map(value).getOrDefault("network_mode", "none"))
                    .as(name)
                    .isEqualTo("none");
        });
    }

    @Test
    void whatOthersWaitForIsHealthyFirst() throws Exception {
        Map<String, Object> services = services();
        for (String name : List.of("api", "worker")) {
            DeployFiles.map(DeployFiles.map(services.get(name)).get("depends_on"))
                    .forEach((on, how) -> {
                        if (on.equals("secrets")) {
                            assertThat(DeployFiles.map(how))
                                    .containsEntry("condition", "service_completed_successfully");
                        } else {
                            assertThat(DeployFiles.map(how)).containsEntry("condition", "service_healthy");
                            assertThat(List.of("api").contains(on)
                                            || DeployFiles.map(services.get(on)).containsKey("healthcheck"))
                                    .as(on)
                                    .isTrue();
                        }
                    });
        }
    }

    @Test
    void bothImagesEndAsNobodyWithAHealthCheckAndAMainClassThatIsThere() throws Exception {
        String dockerfile = DeployFiles.text("deploy/docker/Dockerfile");
        assertThat(Pattern.compile("(?m)^FROM (\\S+)")
                        .matcher(dockerfile)
                        .results()
                        .map(each -> each.group(1))
                        .filter(image -> image.contains(":")))
                .isNotEmpty()
                .allMatch(image -> image.matches(".+:\\d+\\.\\d+.*"));
        Map<String, String> stages = new LinkedHashMap<>();
        Stream.of(dockerfile.split("(?m)^FROM "))
                .skip(1)
                .forEach(stage ->
                        stages.put(stage.lines().findFirst().orElseThrow().replaceAll(".* AS ", ""), stage));
        for (String name : List.of("api", "worker")) {
            String stage = stages.get(name);
            assertThat(stage).contains("USER 10001:10001", "HEALTHCHECK ", "[\"healthy\", \"" + name + "\"]");
            Matcher main =
                    Pattern.compile("ENTRYPOINT .*\"(io\\.bohrwerk\\.[^\"]+)\"").matcher(stage);
            assertThat(main.find()).isTrue();
            assertThat(Class.forName(main.group(1)).getMethod("main", String[].class))
                    .isNotNull();
        }
        assertThat(DeployFiles.path("deploy/docker/healthy")).isExecutable();
    }
}
