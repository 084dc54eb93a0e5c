package io.bohrwerk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.client.ApiClient;
import io.bohrwerk.client.BundledTarget;
import io.bohrwerk.client.Hunt;
import io.bohrwerk.client.JobStatus;
import io.bohrwerk.client.ProgressLine;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.server.ChildServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The whole path in processes of its own, as a user has it: real PostgreSQL, Kafka and QEMU. The tests share a state directory, as one
 * user's days do.
 */
@TestMethodOrder(OrderAnnotation.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AllInOneTest {
    /** Twenty seconds are what PostgreSQL's watchdog and a loaded host need together; on a free one all is gone in two. */
    private static final Duration ORPHAN_LIMIT = Duration.ofSeconds(20);

    private static final Duration COUNT_LIMIT = Duration.ofSeconds(90);

    @TempDir
    private static Path directory;

    private static Path state() {
        return directory.resolve("state");
    }

    @Test
    @Order(1)
    void demoFindsReplaysAndDownloadsAFailure() throws Exception {
        Output demo;
        try (SpanCollector collector = new SpanCollector()) {
            demo = command(
                    Map.of(
                            "BOHRWERK_API_TELEMETRY_ENDPOINT", collector.endpoint(),
                            "BOHRWERK_WORKER_TELEMETRY_ENDPOINT", collector.endpoint(),
                            "BOHRWERK_WORKER_TELEMETRY_HEADERS", "x-test=a worker"),
                    "demo",
                    "--json");
            assertThat(demo.status()).as(demo.text()).isZero();
            isTracedFromSubmitToStore(collector.spans());
        }
        JsonNode result = JsonMapper.shared().readTree(demo.lastLine());
        assertThat(result.path("state").asString()).isEqualTo("COMPLETED");
        assertThat(result.path("failures").asLong()).isGreaterThanOrEqualTo(1);
        assertThat(result.path("replayVerified").asBoolean()).isTrue();
        assertThat(result.path("failedIteration").asLong()).isPositive();
        assertThat(result.path("secondsToFailure").asDouble()).isPositive();
        assertThat(result.path("iterations").asLong())
                .isGreaterThanOrEqualTo(result.path("failedIteration").asLong());
        for (String artifact : List.of("mergedLog", "snapshot", "recording", "manifest")) {
            Path file = Path.of(result.path("artifacts").path(artifact).asString());
            assertThat(file).as(artifact).isNotEmptyFile().startsWith(state());
        }
        JsonNode manifest = JsonMapper.shared()
                .readTree(Files.readString(
                        Path.of(result.path("artifacts").path("manifest").asString())));
        assertThat(manifest.path("iteration").asLong())
                .isEqualTo(result.path("failedIteration").asLong());
        assertThat(command("status").text()).contains("nothing runs here");
    }

    /** Whatever the API and the worker did for the failure's batch hangs together in one trace. */
    private static void isTracedFromSubmitToStore(List<SpanCollector.Collected> spans) {
        SpanCollector.Collected store = spans.stream()
                .filter(span -> span.name().equals("store"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no span of storing a failure among " + spans));
        Map<String, SpanCollector.Collected> byId = new HashMap<>();
        spans.forEach(span -> byId.put(span.id(), span));
        List<String> way = new ArrayList<>();
        for (SpanCollector.Collected at = store; at != null; at = byId.get(at.parent())) {
            assertThat(at.trace()).isEqualTo(store.trace());
            way.add(at.name());
        }
        assertThat(way).containsExactly("store", "batch", "queue", "submit");
        assertThat(spans.stream()
                        .filter(span -> span.parent().equals(store.parent()))
                        .map(SpanCollector.Collected::name))
                .containsExactlyInAnyOrder("run", "verify", "store", "report");
        assertThat(spans.stream().map(SpanCollector.Collected::trace)).containsOnly(store.trace());
        assertThat(spans.stream()
                        .filter(span -> span.header().equals("a worker"))
                        .map(SpanCollector.Collected::name))
                .containsOnly("batch", "run", "verify", "store");
    }

    @Test
    @Order(2)
    void stateSurvivesAndOnlyOneRuns() throws Exception {
        try (ChildServer server = ChildServer.start(state())) {
            ApiClient api = new ApiClient(server.url());
            JsonNode failure = api.list("/failures").get(0);

            Output second = command("up", "--port", "0");
            assertThat(second.status()).isEqualTo(1);
            assertThat(second.text()).contains("already").contains(server.url().toString());

            Path to = directory.resolve("fetched");
            Output download = command("download", failure.path("id").asString(), "--to", to.toString());
            assertThat(download.status()).as(download.text()).isZero();
            assertThat(failure.path("artifacts")).hasSize(5);
            for (JsonNode artifact : failure.path("artifacts")) {
                Path file = to.resolve(artifact.path("fileName").asString());
                assertThat(download.text()).contains(file.toString());
                assertThat(Digest.of(file).hex())
                        .isEqualTo(artifact.path("digest").asString());
            }

            replaysOnAWorker(failure.path("id").asString());
            theBundleReplaysByItself(failure);

            Path race = BundledTarget.RACE_PRINT.writeTo(directory);
            Output add = command("target", "add", race.toString());
            assertThat(add.lastLine()).as(add.text()).matches("[0-9a-f]{64}");

            Output list = command("target", "list", "--url", server.url().toString());
            assertThat(list.text()).contains(add.lastLine() + "  x86-debug-register-race-print");
            assertThat(list.text()).contains("x86-debug-register-race");
            assertThat(command("status").text()).contains(server.url().toString());

            aLargeFileGoesOnWhereItWasCutOff(server, race);

            Output refused = command("submit", "--target", "0123456789abcdef", "--iterations", "10");
            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.text()).startsWith("bohrwerk: ").contains("0123456789abcdef");
        }
    }

    private static void aLargeFileGoesOnWhereItWasCutOff(ChildServer server, Path race) throws Exception {
        byte[] large = new byte[24 << 20];
        new java.util.SplittableRandom(1).nextBytes(large);
        Files.write(race.resolve("large.gz"), large);
        Path manifest = race.resolve("target.yaml");
        Files.writeString(
                manifest,
                Files.readString(manifest).replace("{kernel: kernel.elf}", "{kernel: kernel.elf, initrd: large.gz}"));
        try (CuttingProxy line = new CuttingProxy(server.url(), 10 << 20, 2)) {
            JsonNode target = new ApiClient(line.url()).addTarget(race);
            assertThat(line.cuts()).isEqualTo(2);
            Path to = directory.resolve("exported");
            Output export = command("target", "export", target.path("id").asString(), "--to", to.toString());
            assertThat(export.status()).as(export.text()).isZero();
            assertThat(to.resolve("large.gz")).hasBinaryContent(large);
        }
    }

    private static void replaysOnAWorker(String failure) throws Exception {
        Output verified = command("replay", failure, "--verify", "2", "--wait");
        assertThat(verified.status()).as(verified.text()).isZero();
        assertThat(verified.text()).contains("2 of 2 went the same way");
        Output logged = command("replay", failure, "--log", "int,exec,nochain", "--margin", "1", "--wait", "--json");
        assertThat(logged.status()).as(logged.text()).isZero();
        JsonNode replay = JsonMapper.shared().readTree(logged.lastLine());
        JsonNode log = replay.path("result").path("log");
        Output entries = command("log", "--replay", replay.path("id").asString(), "--vector", "1");
        assertThat(entries.status()).as(entries.text()).isZero();
        assertThat(entries.text()).contains("#DB");
        assertThat(log.path("bytes").asLong()).as(logged.text()).isGreaterThan(10_000);
        Output outside = command("replay", failure, "--iterations", "5-999999999");
        assertThat(outside.status()).isEqualTo(1);
        assertThat(outside.text()).contains("window.toIteration", "999999999", "must be between 1 and");
    }

    /** In a directory of its own, by the scripts that are in it. */
    private static void theBundleReplaysByItself(JsonNode failure) throws Exception {
        Output download = command(
                "download",
                failure.path("id").asString(),
                "--bundle",
                "--to",
                directory.resolve("bundles").toString());
        assertThat(download.status()).as(download.text()).isZero();
        Path bundle = Path.of(download.lastLine());
        String last = failure.path("instructionCount").asString();

        Output replay = Output.ofScript(bundle, "./replay.sh", "--log", "int");
        assertThat(replay.status()).as(replay.text()).isZero();
        assertThat(replay.text()).contains("replayed to instruction " + last + ": same console");
        assertThat(Files.readString(bundle.resolve("replayed/merged.log"), StandardCharsets.ISO_8859_1))
                .contains("v=01 e=0000", "DR7=");

        Output gdb = Output.ofScript(bundle, "./debug.sh", "-batch", "-ex", "info symbol $eip", "-ex", "print/x $dr7");
        assertThat(gdb.status()).as(gdb.text()).isZero();
        assertThat(gdb.text()).contains("at 'failure', instruction " + last, "bw_stop");
        Output before =
                Output.ofScript(bundle, "./debug.sh", "before", "-batch", "-ex", "stepi", "-ex", "info symbol $eip");
        assertThat(before.text()).contains("in section .text");

        aDebuggerGoesBack(bundle, Long.parseLong(last));

        Files.writeString(bundle.resolve("recording.rr"), "cut");
        Output undebugged = command("debug", "--directory", bundle.toString());
        assertThat(undebugged.status()).isEqualTo(1);
        assertThat(undebugged.text()).contains("recording.rr", "is damaged, or of another failure");
        Output damaged = Output.ofScript(bundle, "./replay.sh");
        assertThat(damaged.status()).isEqualTo(1);
        assertThat(damaged.text()).contains("recording.rr: FAILED", "the bundle is damaged");
        Path machine = bundle.resolve("machine.sh");
        Files.writeString(
                machine, Files.readString(machine).replaceFirst("emulator version [0-9.]+", "emulator version 99"));
        Output refused = Output.ofScript(bundle, "./replay.sh");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.text()).contains("made by:", "emulator version 99", "found here:", "FORCE=1");
    }

    /** gdb itself; a second debugger is told of the first; and of a killed one nothing is left, its lock neither. */
    private static void aDebuggerGoesBack(Path bundle, long last) throws Exception {
        String[] debug = {"debug", "--directory", bundle.toString()};
        List<ProcessHandle> all = new ArrayList<>();
        for (int time = 0; time < 2; time++) {
            Process debugger = ChildServer.launch(state(), debug).start();
            try {
                Output.awaitLine(debugger, "attach with:");
                Output second = command(debug);
                assertThat(second.status()).isEqualTo(1);
                assertThat(second.text()).contains("is being debugged already", "process " + debugger.pid());
                Output gdb = Output.ofDebugger(bundle, "monitor icount", "reverse-stepi", "monitor icount");
                assertThat(gdb.text())
                        .containsSubsequence("instruction " + last + ",", "instruction " + (last - 1) + ",");
                debugger.descendants().forEach(all::add);
            } finally {
                debugger.destroyForcibly().waitFor();
            }
        }
        awaitGone(all);
    }

    @Test
    @Order(3)
    void killedEmulatorIsRetriedAndCountedOnce() throws Exception {
        try (ChildServer server = ChildServer.start(state())) {
            ApiClient api = new ApiClient(server.url());
            Hunt hunt = Hunt.submit(api, longJob(api, 400_000));
            // What is killed may just have ended, or may be replaying: so until one was in the middle of its batch.
            int kills = 0;
            while (troubles(api, hunt) == 0) {
                assertThat(hunt.status().ended())
                        .as("%d kills, and no trouble", kills)
                        .isFalse();
                awaitEmulator(server).destroyForcibly();
                kills++;
                Thread.sleep(500); // a report takes less
            }
            JobStatus ended = hunt.follow(ProgressLine.on(new PrintWriter(Writer.nullWriter()), ""));
            assertThat(ended.completed()).as(ended.toString()).isTrue();
            JsonNode job = api.get("/jobs/" + hunt.job());
            assertThat(troubles(api, hunt)).isBetween(1L, (long) kills);
            assertCountedOnce(api, job);
        }
    }

    @Test
    @Order(4)
    void killedServerGoesOnWhereItWas() throws Exception {
        String id;
        List<ProcessHandle> all = new ArrayList<>();
        ChildServer first = ChildServer.start(state());
        try {
            ApiClient api = new ApiClient(first.url());
            Hunt hunt = Hunt.submit(api, longJob(api, 800_000));
            id = hunt.job();
            awaitIterations(hunt);
            first.process().descendants().forEach(all::add);
            ProcessHandle postgres = first.postgres().orElseThrow();
            all.add(postgres);
            postgres.descendants().forEach(all::add);
            assertThat(hunt.status().ended()).isFalse();
        } finally {
            first.kill();
        }
        awaitGone(all);
        try (ChildServer second = ChildServer.start(state())) {
            ApiClient api = new ApiClient(second.url());
            JobStatus ended = Hunt.of(api, id).follow(ProgressLine.on(new PrintWriter(Writer.nullWriter()), ""));
            assertThat(ended.completed()).as(ended.toString()).isTrue();
            assertCountedOnce(api, api.get("/jobs/" + id));
            all.clear();
            second.postgres().ifPresent(all::add);
        }
        awaitGone(all);
    }

    private static long troubles(ApiClient api, Hunt hunt) throws IOException, InterruptedException {
        return api.get("/jobs/" + hunt.job()).path("infrastructureTroubles").asLong();
    }

    /** Never stops for failures, so that it is sure to be under way when something is killed. */
    private static ObjectNode longJob(ApiClient api, long iterations) throws IOException, InterruptedException {
        Path target = BundledTarget.RACE.writeTo(directory);
        ObjectNode job = JsonMapper.shared().createObjectNode();
        return job.put("target", api.addTarget(target).path("id").asString())
                .put("strategy", "random")
                .put("iterations", iterations)
                .put("stopAfterFailures", 0);
    }

    /** What the job says is what its batches say, and each of these was counted for one attempt. */
    private static void assertCountedOnce(ApiClient api, JsonNode job) throws IOException, InterruptedException {
        long iterations = 0;
        long completed = 0;
        Set<Long> numbers = new HashSet<>();
        for (JsonNode batch : api.list("/jobs/" + job.path("id").asString() + "/batches")) {
            assertThat(numbers.add(batch.path("number").asLong()))
                    .as(batch.toString())
                    .isTrue();
            if (batch.path("state").asString().equals("COMPLETED")) {
                completed++;
                iterations += batch.path("iterationsRun").asLong();
                assertThat(batch.path("iterationsRun").asLong())
                        .isLessThanOrEqualTo(batch.path("iterations").asLong());
            }
        }
        assertThat(job.path("iterations").asLong()).isEqualTo(iterations);
        assertThat(job.path("batches").path("completed").asLong()).isEqualTo(completed);
        assertThat(iterations).isEqualTo(job.path("budget").path("iterations").asLong());
        long failures = 0;
        for (JsonNode failure : api.list("/failures")) {
            failures += failure.path("jobId").asString().equals(job.path("id").asString()) ? 1 : 0;
        }
        assertThat(job.path("failures").asLong()).isEqualTo(failures);
    }

    private static ProcessHandle awaitEmulator(ChildServer server) throws InterruptedException {
        long end = System.nanoTime() + COUNT_LIMIT.toNanos();
        while (System.nanoTime() < end) {
            List<ProcessHandle> emulators = server.process()
                    .descendants()
                    .filter(process -> process.info().command().orElse("").contains("qemu-system"))
                    .toList();
            if (!emulators.isEmpty()) {
                return emulators.get(0);
            }
            Thread.sleep(20);
        }
        throw new AssertionError("no emulator was started");
    }

    private static void awaitIterations(Hunt hunt) throws IOException, InterruptedException {
        long end = System.nanoTime() + COUNT_LIMIT.toNanos();
        while (hunt.status().iterations() == 0) {
            assertThat(System.nanoTime()).as("nothing was counted").isLessThan(end);
            Thread.sleep(50);
        }
    }

    private static void awaitGone(List<ProcessHandle> processes) throws InterruptedException {
        assertThat(processes).isNotEmpty();
        long end = System.nanoTime() + ORPHAN_LIMIT.toNanos();
        for (ProcessHandle process : processes) {
            while (process.isAlive()) {
                assertThat(System.nanoTime())
                        .as("still there: " + process.info())
                        .isLessThan(end);
                Thread.sleep(50);
            }
        }
    }

    private static Output command(String... arguments) throws IOException, InterruptedException {
        return Output.ofCommand(state(), Map.of(), arguments);
    }

    private static Output command(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        return Output.ofCommand(state(), environment, arguments);
    }
}
