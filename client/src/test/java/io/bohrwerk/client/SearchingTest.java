package io.bohrwerk.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class SearchingTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:01:00Z");

    private static String line(String json) {
        return Searching.line(JsonMapper.shared().readTree(json.replace('\'', '"')), NOW);
    }

    @Test
    void aSearchSaysSinceWhenAndHowFar() {
        assertThat(line("{'mode':'when','state':'RUNNING','createdAt':'2026-01-01T00:00:00Z',"
                        + "'startedAt':'2026-01-01T00:00:15Z','runsDone':1234,'message':null}"))
                .isEqualTo("when: running for 45 s, 1,234 runs");
    }

    @Test
    void oneThatWaitsSaysSoWithItsLatestTrouble() {
        assertThat(line("{'mode':'adjacent','state':'QUEUED','createdAt':'2026-01-01T00:00:50Z','startedAt':null,"
                        + "'runsDone':0,'message':'EMULATOR_DIED: it broke'}"))
                .isEqualTo("adjacent: waiting for a free machine for 10 s; EMULATOR_DIED: it broke");
    }
}
