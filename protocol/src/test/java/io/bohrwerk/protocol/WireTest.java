package io.bohrwerk.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import io.bohrwerk.protocol.batch.BatchReport;
import io.bohrwerk.protocol.batch.BatchRequest;
import io.bohrwerk.protocol.batch.Check;
import io.bohrwerk.protocol.batch.Coordinates;
import io.bohrwerk.protocol.batch.FailedIteration;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.batch.ReplayVerdict;
import io.bohrwerk.protocol.batch.SubtestCounts;
import io.bohrwerk.protocol.batch.Topics;
import io.bohrwerk.protocol.batch.UnexpectedPass;
import io.bohrwerk.protocol.batch.Work;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.worker.RunningWork;
import io.bohrwerk.protocol.worker.SnapshotCounts;
import io.bohrwerk.protocol.worker.WorkerHeartbeat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The texts here are what older and newer processes send each other: a change of one is a change of the protocol. */
class WireTest {
    private static final Digest TARGET = new Digest("ab".repeat(32));
    private static final UUID BATCH = UUID.fromString("11111111-2222-3333-4444-555555555555");
    private static final UUID JOB = UUID.fromString("66666666-7777-8888-9999-aaaaaaaaaaaa");
    private static final Instant START = Instant.parse("2026-01-02T03:04:05.678901Z");
    private static final Schedule SCHEDULE = new Schedule(4, 1000, 0, 62500, (1L << 53) - 1, Align.TICK);
    private static final BatchRequest REQUEST = new BatchRequest(1, BATCH, JOB, 2, TARGET, SCHEDULE, 500, 10);
    private static final String REQUEST_TEXT = "{\"version\":1,\"batchId\":\"11111111-2222-3333-4444-555555555555\","
            + "\"jobId\":\"66666666-7777-8888-9999-aaaaaaaaaaaa\",\"attempt\":2,\"target\":\"" + "ab".repeat(32)
            + "\",\"schedule\":{\"shift\":4,\"delay\":1000,\"stride\":0,\"window\":62500,\"seed\":9007199254740991,"
            + "\"align\":\"tick\"},\"iterations\":500,\"reportEvery\":10}";

    @Test
    void writesARequestAsEver() {
        assertThat(Wire.writeText(REQUEST)).isEqualTo(REQUEST_TEXT);
        assertThat(read(REQUEST_TEXT, BatchRequest.class)).isEqualTo(REQUEST);
    }

    @Test
    void writesATroubledReportAsEver() {
        String text = "{\"version\":1,\"batchId\":\"11111111-2222-3333-4444-555555555555\","
                + "\"jobId\":\"66666666-7777-8888-9999-aaaaaaaaaaaa\",\"attempt\":1,\"workerId\":\"w1\","
                + "\"startedAt\":\"2026-01-02T03:04:05.678901Z\",\"finishedAt\":\"2026-01-02T03:04:15.678901Z\","
                + "\"result\":{\"type\":\"troubled\",\"kind\":\"DISK_FULL\",\"message\":\"no room\"}}";
        BatchReport report = report(new BatchReport.Troubled(InfrastructureTrouble.DISK_FULL, "no room"));
        assertThat(Wire.writeText(report)).isEqualTo(text);
        assertThat(read(text, BatchReport.class)).isEqualTo(report);
    }

    static Stream<Object> messages() {
        Coordinates coordinates = new Coordinates(TARGET, TARGET, "qemu 7.2", "-m 16", SCHEDULE, 500, 10);
        FailedIteration failure = new FailedIteration(
                18,
                Outcome.PANICKED,
                "panic: ä \"quoted\"",
                Long.MAX_VALUE,
                "line\nline\u0007\n",
                ReplayVerdict.VERIFIED,
                "",
                List.of(new ArtifactReference(ArtifactKind.MERGED_LOG, 5L << 40, TARGET)));
        return Stream.of(
                REQUEST,
                report(new BatchReport.Finished(coordinates, 500, 1L << 40, 1234, null)),
                report(new BatchReport.Finished(coordinates, 18, 1L << 40, 1234, failure)),
                report(new BatchReport.Finished(
                        coordinates,
                        18,
                        1L << 40,
                        1234,
                        null,
                        new SubtestCounts(107, 0, 2, 1),
                        List.of(new UnexpectedPass("Test icebp", 4)))),
                report(new BatchReport.Troubled(InfrastructureTrouble.NEVER_READY, "")),
                new Check.Request(1, BATCH, 2, TARGET),
                new Check.Report(
                        1,
                        BATCH,
                        TARGET,
                        2,
                        "w1",
                        START,
                        START.plusSeconds(10),
                        null,
                        new Check.Troubled(InfrastructureTrouble.NEVER_READY, "no word")),
                new WorkerHeartbeat(1, "w1", "host", 4, "qemu 7.2", START, List.of(), null),
                new WorkerHeartbeat(
                        1,
                        "w1",
                        "host",
                        4,
                        "qemu 7.2",
                        START,
                        List.of(new RunningWork("batch", BATCH, JOB, 1, 17), new RunningWork("check", JOB, null, 2, 0)),
                        "trouble"),
                new WorkerHeartbeat(
                        1,
                        "w1",
                        "host",
                        4,
                        "qemu 7.2",
                        START,
                        List.of(),
                        null,
                        1L << 33,
                        new SnapshotCounts(1, 2, 3, 4)));
    }

    @Test
    void aMessageSaysItsKind() {
        assertThat(Work.kindOf(Wire.write(REQUEST))).isEqualTo("batch");
        byte[] check = Wire.write(new Check.Request(1, BATCH, 2, TARGET));
        assertThat(new String(check, StandardCharsets.UTF_8)).contains("\"type\":\"check\"");
        assertThat(Work.kindOf(check)).isEqualTo("check");
        assertThat(Topics.reports("check")).isEqualTo("bohrwerk.check-reports");
        assertThat(Topics.reports("batch")).isEqualTo(Topics.REPORTS);
    }

    @Test
    void olderProcessesListBatchesReplaysAndTracesApart() {
        String text = "{\"version\":1,\"workerId\":\"w1\",\"host\":\"host\",\"slots\":4,\"emulator\":\"qemu 7.2\","
                + "\"at\":\"2026-01-02T03:04:05.678901Z\",\"running\":[{\"batchId\":\"" + BATCH + "\",\"jobId\":\""
                + JOB
                + "\",\"attempt\":2,\"iterationsPassed\":17}],\"lastTrouble\":null,\"replays\":[\"" + JOB
                + "\"],\"traces\":[]}";
        WorkerHeartbeat heartbeat = read(text, WorkerHeartbeat.class);
        assertThat(heartbeat.work())
                .containsExactly(
                        new RunningWork("batch", BATCH, JOB, 2, 17), new RunningWork("replay", JOB, null, 1, 0));
        assertThat(Wire.writeText(heartbeat))
                .as("and older processes can read ours")
                .contains(text.substring(text.indexOf("\"running\""), text.indexOf(",\"lastTrouble")))
                .contains("\"replays\":[\"" + JOB + "\"]", "\"traces\":[]");
        assertThat(text).doesNotContain("work\":");
    }

    @ParameterizedTest
    @MethodSource("messages")
    void readsWhatItWrites(Object message) {
        assertThat(Wire.read(Wire.write(message), message.getClass())).isEqualTo(message);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void ignoresAFieldThatANewerProcessAdded(Object message) {
        String text = Wire.writeText(message).replaceFirst("\\{", "{\"new\":{\"deep\":[1,{\"er\":null}]},");
        assertThat(read(text, message.getClass())).isEqualTo(message);
    }

    @Test
    void aReportOfAnOlderProcessSaysNothingOfSubtests() {
        BatchReport report = report(new BatchReport.Finished(
                new Coordinates(TARGET, TARGET, "qemu 7.2", "-m 16", SCHEDULE, 500, 10), 500, 1L << 40, 1234, null));
        String text = Wire.writeText(report).replace(",\"subtests\":null", "").replace(",\"unexpectedPasses\":[]", "");
        assertThat(text).doesNotContain("subtests", "unexpectedPasses");
        assertThat(read(text, BatchReport.class)).isEqualTo(report);
    }

    @ParameterizedTest
    @MethodSource("messages")
    void refusesANewerVersion(Object message) {
        String text = Wire.writeText(message).replace("\"version\":1", "\"version\":2");
        refused(text, message.getClass(), "version: '2' must be a version known here: 1 to 1");
    }

    @ParameterizedTest
    @MethodSource("messages")
    void refusesAMessageThatIsCutOff(Object message) {
        String text = Wire.writeText(message);
        for (int end = 0; end < text.length(); end += 7) {
            String cut = text.substring(0, end);
            assertThatThrownBy(() -> read(cut, message.getClass())).isInstanceOf(InvalidInputException.class);
        }
    }

    @Test
    void namesWhatIsWrong() {
        refused(
                REQUEST_TEXT.replace("\"attempt\":2", "\"attempt\":0"),
                BatchRequest.class,
                "attempt: '0' must be at least 1");
        refused(
                REQUEST_TEXT.replace("\"shift\":4", "\"shift\":40"),
                BatchRequest.class,
                "schedule.shift: '40' must be between 0 and 10");
        refused(
                REQUEST_TEXT.replace("\"tick\"", "\"tock\""),
                BatchRequest.class,
                "schedule.align: 'tock' must be one of none, tick");
        refused(REQUEST_TEXT.replace("\"iterations\":500,", ""), BatchRequest.class, "iterations: is missing");
        refused(
                REQUEST_TEXT.replace("\"jobId\":\"66666666-7777-8888-9999-aaaaaaaaaaaa\",", ""),
                BatchRequest.class,
                "jobId: is missing");
        refused(
                REQUEST_TEXT.replace("\"align\":\"tick\"", "\"align\":null"),
                BatchRequest.class,
                "schedule.align: is missing");
        refused("null", BatchRequest.class, "document: must not be empty");
        refused("", BatchRequest.class, "document: must not be empty");
    }

    private static BatchReport report(BatchReport.Result result) {
        return new BatchReport(1, BATCH, JOB, 1, "w1", START, START.plusSeconds(10), result);
    }

    private static <T> T read(String text, Class<T> type) {
        return Wire.read(text.getBytes(StandardCharsets.UTF_8), type);
    }

    private static void refused(String text, Class<?> type, String message) {
        assertThatThrownBy(() -> read(text, type))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(message);
    }
}
