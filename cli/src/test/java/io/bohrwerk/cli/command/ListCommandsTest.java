package io.bohrwerk.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ListCommandsTest {
    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    @Test
    void aJobIsALineWithWhyItEnded() {
        assertThat(JobsCommand.line(
                        json("{'id':'0c9e6ad8-0000-4000-8000-000000000001','name':'nightly','state':'ERROR',"
                                + "'message':'batch 3 was lost','targetName':'race','strategy':{'kind':'random'},'iterations':41200,"
                                + "'failures':2,'failureRate':{'perIteration':4.85e-5,'low':5.9e-6,'high':1.75e-4},"
                                + "'createdAt':'2026-01-01T00:00:09.123456Z'}")))
                .isEqualTo(
                        "0c9e6ad8-0000-4000-8000-000000000001  error      2026-01-01 00:00:09          41,200         2"
                                + "  4.9e-05 (6e-06 to 2e-04)     nightly, random on race: batch 3 was lost");
    }

    @Test
    void aRateWithoutAnIntervalIsNone() {
        assertThat(Listing.rate(json("{'perIteration':0.006,'low':null,'high':null}")))
                .isEqualTo("-");
    }

    @Test
    void aFailureIsALineWithItsTitleOrItsReason() {
        String failure =
                "{'id':'0c9e6ad8-0000-4000-8000-000000000002','occurredAt':'2026-01-01T00:00:09Z','outcome':'FAILED',"
                        + "'replay':'NOT_REPLAYED','iteration':1434,'title':TITLE,'reason':'dr6 is stale'}";
        assertThat(FailuresCommand.line(json(failure.replace("TITLE", "null"))))
                .isEqualTo(
                        "0c9e6ad8-0000-4000-8000-000000000002  2026-01-01 00:00:09  failed    not-replayed       1,434"
                                + "  dr6 is stale");
        assertThat(FailuresCommand.line(json(failure.replace("TITLE", "'WARNING in f'"))))
                .endsWith("  WARNING in f");
    }

    @Test
    void aCancelledJobSaysWhatItHadCounted() {
        JsonNode job = json("{'id':'j1','state':'COMPLETED','iterations':1000,'failures':1}");
        assertThat(CancelCommand.line(job, true))
                .isEqualTo("job j1 had already ended as completed after 1,000 iterations and 1 failures");
    }

    @Test
    void anActIsALineWithWhoAndFromWhere() {
        assertThat(
                        TrailCommand.line(
                                json(
                                        "{'at':'2026-01-01T00:00:09.123456Z','caller':'hunter','address':'127.0.0.1',"
                                                + "'act':'jobs.cancel','subject':'0c9e6ad8-0000-4000-8000-000000000001','status':200,'detail':null}")))
                .isEqualTo("2026-01-01 00:00:09  hunter            127.0.0.1        jobs.cancel      "
                        + "  0c9e6ad8-0000-4000-8000-000000000001  200 ");
        assertThat(TrailCommand.line(json("{'act':'retention.run','status':null,'subject':null}")))
                .contains("  -  ")
                .contains("no answer");
    }

    @Test
    void aGuestsControlCharactersDoNothing() {
        assertThat(Listing.harmless("a\u001b[2J\tb")).isEqualTo("a\ufffd[2J b");
    }
}
