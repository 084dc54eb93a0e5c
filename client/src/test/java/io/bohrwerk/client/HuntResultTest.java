package io.bohrwerk.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HuntResultTest {
    @Test
    void oneLineWithAllFields() {
        HuntResult result = new HuntResult(
                "j1",
                "COMPLETED",
                null,
                18123,
                4,
                3,
                "f1",
                123L,
                4.25,
                true,
                "",
                new HuntResult.ArtifactPaths(
                        "/d/merged.log.zst", "/d/snapshot.qcow2", "/d/recording.rr", "/d/manifest.json"));
        assertThat(result.json())
                .isEqualTo(
                        "{\"jobId\":\"j1\",\"state\":\"COMPLETED\",\"message\":null,\"iterations\":18123,\"failures\":4,\"failuresBeyondStopRule\":3,"
                                + "\"failureId\":\"f1\",\"failedIteration\":123,\"secondsToFailure\":4.25,\"replayVerified\":true,"
                                + "\"artifacts\":{\"mergedLog\":\"/d/merged.log.zst\",\"snapshot\":\"/d/snapshot.qcow2\","
                                + "\"recording\":\"/d/recording.rr\",\"manifest\":\"/d/manifest.json\"}}");
    }

    @Test
    void withoutFailure() {
        HuntResult result = new HuntResult(
                "j1",
                "ERROR",
                "no worker can serve it",
                600000,
                0,
                0,
                null,
                null,
                null,
                false,
                "",
                new HuntResult.ArtifactPaths(null, null, null, null));
        assertThat(result.json())
                .isEqualTo(
                        "{\"jobId\":\"j1\",\"state\":\"ERROR\",\"message\":\"no worker can serve it\",\"iterations\":600000,\"failures\":0,\"failuresBeyondStopRule\":0,"
                                + "\"failureId\":null,\"failedIteration\":null,\"secondsToFailure\":null,\"replayVerified\":false,"
                                + "\"artifacts\":{\"mergedLog\":null,\"snapshot\":null,\"recording\":null,\"manifest\":null}}");
    }
}
