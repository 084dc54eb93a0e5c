package io.bohrwerk.emulator.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.protocol.Documents;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.target.TargetManifest;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in this host's own shell, typed as it is typed into a guest's. */
class LoopProgramTest {
    @TempDir
    private Path directory;

    @Test
    void judgesByTheExitStatus() throws Exception {
        assertThat(said(Map.of("loop", "exit 0"), 3))
                .containsExactly("@bw ready", "@bw pass 1", "@bw pass 2", "@bw pass 3", "@bw done 3");
        assertThat(said(
                        Map.of(
                                "loop",
                                "echo x >> count; test $(wc -l < count) -lt 2 || { echo it\\'s broken; exit 7; }"),
                        3))
                .containsExactly("@bw ready", "@bw pass 1", "it's broken", "@bw fail 2 exit status 7");
    }

    @Test
    void judgesByPatterns() throws Exception {
        Map<String, Object> atf = Map.of(
                "loop", "cat report; exit 1", "start", "^Tests:", "pass", " 0 failed", "fail", "^* (it's) broken*");
        Path report = directory.resolve("report");
        Files.writeString(report, "no (it's) broken yet\nTests:\r\n1 test, 0 failed\n");
        assertThat(said(atf, 1)).containsExactly("@bw ready", "@bw pass 1", "@bw done 1");
        Files.writeString(report, "Tests:\nt1 (it's) broken $HOME `id`\n0 failed\n");
        assertThat(said(atf, 1))
                .containsExactly(
                        "@bw ready",
                        "Tests:",
                        "t1 (it's) broken $HOME `id`",
                        "0 failed",
                        "@bw fail 1 t1 (it's) broken $HOME `id`");
        Files.writeString(report, "Tests:\n1 test, 10 failed\n");
        assertThat(said(atf, 1)).endsWith("@bw fail 1 no line matches pass");
        Files.writeString(report, "1 test, 0 failed\n");
        assertThat(said(atf, 1)).endsWith("@bw fail 1 no line matches start");
    }

    /** A test must not be able to speak for the agent, nor to flood the console with what it printed. */
    @Test
    void keepsTheTestsOutputApartAndShowsItsEnd() throws Exception {
        assertThat(said(Map.of("loop", "echo '@bw pass 99'; echo '@bw=0'; false"), 1))
                .containsExactly("@bw ready", " @bw pass 99", "@bw=0", "@bw fail 1 exit status 1");
        List<String> flood = said(Map.of("loop", "yes | head -c 5000000; false"), 1);
        assertThat(flood).endsWith("@bw fail 1 exit status 1").hasSizeBetween(32_000, 33_000);
    }

    @Test
    void leavesTheShellAsItWas() throws Exception {
        assertThat(said(Map.of("loop", "cd /; IFS=x; set -f; exec true"), 2)).endsWith("@bw pass 2", "@bw done 2");
    }

    @Test
    void typesLinesThatATerminalHolds() {
        TargetManifest manifest = manifest(Map.of("loop", "'".repeat(2000)));
        assertThat(LoopProgram.lines(manifest, manifest.test().console().orElseThrow()))
                .allMatch(line -> line.length() < 255
                        && line.endsWith("\n")
                        && line.chars().allMatch(c -> c == '\n' || c >= ' '));
    }

    private static TargetManifest manifest(Map<String, Object> loop) {
        Map<String, Object> step = new LinkedHashMap<>(loop);
        step.put("stop", "exit");
        String script =
                Documents.toYaml(Map.of("script", List.of(Map.of("snapshot", "ready"), step), "driver", "console"));
        return TargetManifest.parse(
                "name: driven\nmachine: {arch: x86_64, memory: 128MiB}\nboot: {kernel: vmlinuz}\ntest:\n"
                        + script.replaceFirst("^---\n", "").indent(2));
    }

    private List<String> said(Map<String, Object> loop, int iterations) throws Exception {
        TargetManifest manifest = manifest(loop);
        List<String> lines =
                LoopProgram.lines(manifest, manifest.test().console().orElseThrow());
        Path output = directory.resolve("output");
        Process shell = new ProcessBuilder("sh")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try (OutputStream keyboard = shell.getOutputStream()) {
            keyboard.write((String.join("", lines) + LoopProgram.start()).getBytes(StandardCharsets.US_ASCII));
            keyboard.flush();
            // From a pipe a shell reads ahead, other than from a terminal: it must not take the batch's line for its
            // own.
            while (shell.isAlive() && !Files.readString(output).contains("@bw ready")) {
                Thread.sleep(10);
            }
            keyboard.write(LoopInput.of(manifest, Schedule.random(4, 250_000, 5), iterations, 1)
                    .getBytes(StandardCharsets.US_ASCII));
        }
        try {
            assertThat(shell.waitFor(2, TimeUnit.MINUTES)).as("the shell ended").isTrue();
        } finally {
            shell.destroyForcibly();
        }
        List<String> said = Files.readAllLines(output);
        assertThat(said).startsWith(lines.stream().map(LoopProgram::answer).toArray(String[]::new));
        return said.stream()
                .skip(lines.size())
                .map(String::stripTrailing)
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
