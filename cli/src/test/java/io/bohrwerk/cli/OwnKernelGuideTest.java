package io.bohrwerk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What docs/own-kernel.md tells a reader to type does what it says. */
class OwnKernelGuideTest {
    private static final Path TREE = Path.of("").toAbsolutePath().resolve("..").normalize();
    private static final Pattern BLOCK = Pattern.compile("```(\\w+)\n(.*?)```", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("^(?://|#) (\\S+)\n");

    @TempDir
    private Path directory;

    @Test
    void theKernelOfTheGuideIsBuiltAndFails() throws Exception {
        Map<String, String> commands = new HashMap<>();
        Matcher blocks = BLOCK.matcher(Files.readString(TREE.resolve("docs/own-kernel.md")));
        while (blocks.find()) {
            Matcher name = NAME.matcher(blocks.group(2));
            if (name.find()) {
                Files.writeString(directory.resolve(name.group(1)), blocks.group(2));
            } else {
                commands.put(blocks.group(1), blocks.group(2));
            }
        }
        String check = "\"$BOHRWERK/bohrwerk\" target check .\n";
        assertThat(Objects.requireNonNull(commands.get("sh"))).endsWith(check);
        build(Objects.requireNonNull(commands.get("sh")).replace(check, ""));

        StringWriter said = new StringWriter();
        CommandLine line = Bohrwerk.commandLine();
        line.setOut(new PrintWriter(said, true));
        line.setErr(new PrintWriter(said, true));
        assertThat(line.execute("target", "check", directory.toString()))
                .as(said.toString())
                .isZero();
        assertThat(said.toString()).contains("FAILED: a count was lost").contains("a second run was identical");
    }

    private void build(String script) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("bash", "-e", "-c", script)
                .directory(directory.toFile())
                .redirectErrorStream(true);
        builder.environment().put("BOHRWERK", TREE.toString());
        Process process = builder.start();
        String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(words).isZero();
    }
}
