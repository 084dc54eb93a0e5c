package io.bohrwerk.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class JobStatusTest {
    private static JobStatus parse(String json) {
        return JobStatus.from(JsonMapper.shared().readTree(json));
    }

    @Test
    void running() {
        JobStatus status = parse("""
                {"id": "j1", "state": "RUNNING", "message": null, "iterations": 41200, "iterationsRunning": 500,
                 "failures": 3, "machines": 2, "firstFailureId": "f1", "secondsToFirstFailure": 1.5,
                 "startedAt": "2026-01-01T00:00:00Z", "finishedAt": null, "somethingNew": {}}
                """);
        assertThat(status.ended()).isFalse();
        assertThat(status.line(Instant.parse("2026-01-01T00:01:05Z")))
                .isEqualTo("1m5s: 41,200 iterations, 3 failures (0.0073 %), 2 machines, 500 more iterations under way");
    }

    @Test
    void endedJobsHoldTheirClock() {
        JobStatus status = parse("""
                {"id": "j1", "state": "COMPLETED", "iterations": 100, "iterationsRunning": 0, "failures": 0, "machines": 0,
                 "startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:00:09Z"}
                """);
        assertThat(status.ended()).isTrue();
        assertThat(status.completed()).isTrue();
        assertThat(status.line(Instant.parse("2026-02-01T00:00:00Z")))
                .isEqualTo("9s: 100 iterations, 0 failures, 0 machines");
    }

    @Test
    void whatCameInAfterTheEndIsSaidToBeBeyondTheStopRule() {
        JobStatus status = parse("""
                {"id": "j1", "state": "COMPLETED", "iterations": 100, "iterationsRunning": 5, "failures": 4, "machines": 0,
                 "beyondStopRule": {"iterations": 70, "failures": 3},
                 "startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:00:09Z"}
                """);
        assertThat(status.line(Instant.parse("2026-02-01T00:00:00Z")))
                .isEqualTo("9s: 100 iterations, 4 failures (4 %), 0 machines, 3 of the failures beyond the stop rule");
    }

    @Test
    void notYetStarted() {
        JobStatus status = parse("""
                {"id": "j1", "state": "QUEUED", "iterations": 0, "startedAt": null}
                """);
        assertThat(status.ended()).isFalse();
        assertThat(status.firstFailure()).isNull();
        assertThat(status.line(Instant.now())).startsWith("0s: 0 iterations");
    }

    /** A share of chosen places is not a rate, so none is shown. */
    @Test
    void placesThatWereTried() {
        JobStatus status = parse("""
                {"id": "j1", "state": "COMPLETED", "iterations": 500, "failures": 3, "machines": 1,
                 "failureRate": {"perIteration": 0.006, "low": null, "high": null}, "rateMeaning": "of the places tried",
                 "coverage": {"covered": 500, "of": 62500},
                 "startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:00:09Z"}
                """);
        assertThat(status.line(Instant.parse("2026-02-01T00:00:00Z")))
                .isEqualTo("9s: 500 iterations, 3 failures, 1 machine, 500 of 62,500 places");
    }

    @Test
    void theAnswerToIsItFixed() {
        JobStatus status = parse("""
                {"id": "j1", "state": "COMPLETED", "iterations": 59914,
                 "isItFixed": {"verdict": "NO_FAILURE_AT_CONFIDENCE", "confidenceReached": 0.9500007}}
                """);
        assertThat(status.verdict()).isEqualTo("NO_FAILURE_AT_CONFIDENCE");
        assertThat(status.confidenceReached()).isEqualTo(0.9500007);
    }
}
