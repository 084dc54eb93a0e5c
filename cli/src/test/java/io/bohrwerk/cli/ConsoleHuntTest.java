package io.bohrwerk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bohrwerk.client.ApiClient;
import io.bohrwerk.client.ApiException;
import io.bohrwerk.client.Hunt;
import io.bohrwerk.client.JobStatus;
import io.bohrwerk.client.ProgressLine;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.server.ChildServer;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The whole path of a guest without an agent, as a user has it: Linux with a login on its serial console, from an initramfs, and from a qcow2
 * image with a CD beside it. Uploaded, hunted, its failure verified, and then replayed and debugged out of its bundle. Where no apt can bring
 * Debian's kernel, the tests are skipped.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class ConsoleHuntTest {
    @TempDir
    private static Path directory;

    private static ChildServer server;

    private static Path state() {
        return directory.resolve("state");
    }

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/apt-get")), "no apt-get, which brings Debian's kernel");
        server = ChildServer.start(state());
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"linux-shell", "linux-disk"})
    void isHuntedAndReplaysByItself(String kind) throws Exception {
        Path files = ConsoleTargetTest.build(kind, directory);
        if (kind.equals("linux-disk")) {
            withQcow2AndCd(files);
        }
        ApiClient api = new ApiClient(server.url());
        String target = api.addTarget(files).path("id").asString();
        assertThat(api.get("/targets/" + target).path("repeatable").asBoolean()).isEqualTo(kind.equals("linux-shell"));
        assertThatThrownBy(() -> Hunt.submit(api, job(target, "aligned")))
                .isInstanceOf(ApiException.class)
                .hasMessageContainingAll("strategy.kind", "aligned", "needs an agent in the guest");

        Hunt hunt = Hunt.submit(api, job(target, "random"));
        JobStatus ended = hunt.follow(ProgressLine.on(new PrintWriter(Writer.nullWriter()), ""));
        assertThat(ended.completed()).as(ended.toString()).isTrue();
        JsonNode failure = api.get("/failures/" + ended.firstFailure());
        assertThat(failure.path("iteration").asLong()).isEqualTo(3);
        assertThat(failure.path("reason").asString()).isEqualTo("exit status 7");
        assertThat(failure.path("report").asString()).contains("not ok 1 - it is broken");
        assertThat(failure.path("replay").asString())
                .as(failure.path("replayNote").asString())
                .isEqualTo("VERIFIED");

        Path bundle = bundle(failure.path("id").asString());
        for (Map.Entry<String, Digest> file : digests(files).entrySet()) {
            assertThat(Digest.of(bundle.resolve("target").resolve(file.getKey())))
                    .as(file.getKey())
                    .isEqualTo(file.getValue());
        }
        replaysByItsScripts(bundle, failure.path("instructionCount").asLong());
        goesBackInADebugger(bundle, failure.path("instructionCount").asLong());
        // None of it wrote to the target's own images.
        assertThat(digests(bundle.resolve("target"))).isEqualTo(digests(files));
    }

    /** Its disk in the other format that a guest may write to, and a CD with nothing on it. */
    private static void withQcow2AndCd(Path target) throws Exception {
        Output convert = Output.ofScript(target, "qemu-img", "convert", "-O", "qcow2", "disk.img", "disk.qcow2");
        assertThat(convert.status()).as(convert.text()).isZero();
        Files.delete(target.resolve("disk.img"));
        byte[] cd = new byte[64 << 10];
        System.arraycopy("CD001".getBytes(StandardCharsets.US_ASCII), 0, cd, (32 << 10) + 1, 5);
        Files.write(target.resolve("cd.iso"), cd);
        Path manifest = target.resolve("target.yaml");
        String yaml = Files.readString(manifest);
        assertThat(yaml).contains("[{file: disk.img, format: raw}]");
        Files.writeString(
                manifest,
                yaml.replace(
                        "[{file: disk.img, format: raw}]",
                        "[{file: disk.qcow2, format: qcow2}, {file: cd.iso, format: iso}]"));
    }

    private static ObjectNode job(String target, String strategy) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("target", target)
                .put("strategy", strategy)
                .put("iterations", 10)
                .put("stopAfterFailures", 1);
    }

    private static Path bundle(String failure) throws Exception {
        Output download = Output.ofCommand(
                state(),
                Map.of(),
                "download",
                failure,
                "--bundle",
                "--to",
                directory.resolve("bundles").toString());
        assertThat(download.status()).as(download.text()).isZero();
        return Path.of(download.lastLine());
    }

    private static Map<String, Digest> digests(Path target) throws Exception {
        Map<String, Digest> digests = new TreeMap<>();
        try (var files = Files.newDirectoryStream(target)) {
            for (Path file : files) {
                digests.put(String.valueOf(file.getFileName()), Digest.of(file));
            }
        }
        return digests;
    }

    private static void replaysByItsScripts(Path bundle, long last) throws Exception {
        Output replay = Output.ofScript(bundle, "./replay.sh", "--log", "int");
        assertThat(replay.status()).as(replay.text()).isZero();
        assertThat(replay.text()).contains("replayed to instruction " + last + ": same console");
        assertThat(Files.readString(bundle.resolve("replayed/merged.log"), StandardCharsets.ISO_8859_1))
                .contains("not ok 1 - it is broken", "@bw fail 3 exit status 7", " v=");

        Output failure = Output.ofScript(bundle, "./debug.sh", "-batch", "-ex", "print/x $pc");
        assertThat(failure.status()).as(failure.text()).isZero();
        assertThat(failure.text()).contains("at 'failure', instruction " + last, "$1 = 0xffffffff");
        Output before = Output.ofScript(bundle, "./debug.sh", "before", "-batch", "-ex", "stepi", "-ex", "print/x $pc");
        assertThat(before.status()).as(before.text()).isZero();
        assertThat(before.text()).contains("at 'before'", "$1 = 0x");
    }

    private static void goesBackInADebugger(Path bundle, long last) throws Exception {
        Process debugger = ChildServer.launch(state(), "debug", "--directory", bundle.toString())
                .start();
        try {
            Output.awaitLine(debugger, "attach with:");
            Output gdb = Output.ofDebugger(
                    bundle, "monitor icount", "reverse-stepi", "monitor icount", "monitor goto iteration 3");
            assertThat(gdb.text())
                    .containsSubsequence(
                            "instruction " + last + ",",
                            "instruction " + (last - 1) + ",",
                            "right after the report of iteration 2");
        } finally {
            debugger.destroyForcibly().waitFor();
        }
    }
}
