package io.bohrwerk.api.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.api.ApiTest;
import io.bohrwerk.api.Http;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The dashboard, the alerts and the chart ask for metrics that there are. */
@ApiTest
class DashboardTest {
    private static final Path DEPLOY = Path.of("..", "deploy");
    private static final Pattern METRIC =
            Pattern.compile("\\b(?:bohrwerk|jvm|http_server|hikaricp|kafka|process|system)_[a-z0-9_]+");

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @LocalServerPort
    private int port;

    @Test
    void everyMetricThatIsAskedForIsThere() throws Exception {
        Http http = new Http(port);
        http.get("/api/v1/jobs"); // so that there is a request to tell of
        List<String> asked = new ArrayList<>();
        JsonNode dashboard =
                new JsonMapper().readTree(Files.readString(DEPLOY.resolve("grafana/dashboards/bohrwerk.json")));
        dashboard
                .path("panels")
                .forEach(panel -> panel.path("targets")
                        .forEach(target -> asked.add(target.path("expr").asString())));
        assertThat(asked).hasSizeGreaterThan(15);
        asked.addAll(expressions("grafana/alerts.yml", "expr: "));
        asked.addAll(expressions("helm/bohrwerk/templates/worker.yaml", "query: "));
        Set<String> names = new TreeSet<>();
        for (String expression : asked) {
            List<String> found = METRIC.matcher(expression)
                    .results()
                    .map(each -> each.group())
                    .toList();
            assertThat(found).as(expression).isNotEmpty();
            names.addAll(found);
        }
        Set<String> there = metrics(http);
        // Kafka's consumers have some of theirs once they have fetched from a partition.
        for (long end = System.nanoTime() + PATIENCE.toNanos();
                !there.containsAll(names) && System.nanoTime() < end;
                there = metrics(http)) {
            Thread.sleep(200);
        }
        assertThat(there).containsAll(names);
    }

    private static Set<String> metrics(Http http) throws Exception {
        return http.get("/actuator/prometheus")
                .text()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.replaceAll("[{ ].*", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> expressions(String file, String key) throws Exception {
        List<String> expressions = Files.readAllLines(DEPLOY.resolve(file)).stream()
                .map(String::strip)
                .filter(line -> line.startsWith(key))
                .toList();
        assertThat(expressions).as(file).isNotEmpty();
        return expressions;
    }

    @Test
    void panelsHaveATitleAPlaceAndASource() throws Exception {
        JsonNode dashboard =
                new JsonMapper().readTree(Files.readString(DEPLOY.resolve("grafana/dashboards/bohrwerk.json")));
        Set<Integer> ids = new TreeSet<>();
        String datasources = Files.readString(DEPLOY.resolve("grafana/provisioning/datasources/prometheus.yml"));
        for (JsonNode panel : dashboard.path("panels")) {
            assertThat(ids.add(panel.path("id").asInt())).isTrue();
            assertThat(panel.path("title").asString()).isNotBlank();
            JsonNode place = panel.path("gridPos");
            assertThat(place.path("x").asInt() + place.path("w").asInt()).isBetween(1, 24);
            assertThat(datasources)
                    .contains("uid: " + panel.path("datasource").path("uid").asString());
        }
    }
}
