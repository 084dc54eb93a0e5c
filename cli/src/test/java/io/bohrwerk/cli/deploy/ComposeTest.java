package io.bohrwerk.cli.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.worker.WorkerProperties;
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

    /** The passwords in it are known to everyone. */
    @Test
    void nothingIsPublishedBeyondLoopback() throws Exception {
        services().forEach((name, value) -> {
            Object ports = DeployFiles.map(value).get("ports");
            if (ports != null) {
                assertThat(DeployFiles.list(ports))
                        .as(name)
                        .allMatch(port -> String.valueOf(port).startsWith("127.0.0.1:"));
            }
            assertThat(DeployFiles.map(value)).as(name).doesNotContainKey("network_mode");
        });
    }

    @Test
    void whatOthersWaitForIsHealthyFirst() throws Exception {
        Map<String, Object> services = services();
        for (String name : List.of("api", "worker")) {
            DeployFiles.map(DeployFiles.map(services.get(name)).get("depends_on"))
                    .forEach((on, how) -> {
                        assertThat(DeployFiles.map(how)).containsEntry("condition", "service_healthy");
                        assertThat(DeployFiles.map(services.get(on))).as(on).containsKey("healthcheck");
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
