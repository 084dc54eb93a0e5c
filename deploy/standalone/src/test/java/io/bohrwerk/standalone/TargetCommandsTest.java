package io.bohrwerk.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a user is told about a target before it is uploaded. */
class TargetCommandsTest {
    @TempDir
    private Path directory;

    private final StringWriter said = new StringWriter();

    private int run(String... arguments) {
        CommandLine line = Bohrwerk.commandLine();
        line.setOut(new PrintWriter(said, true));
        line.setErr(new PrintWriter(said, true));
        return line.execute(arguments);
    }

    @Test
    void aGoodTargetIsBootedAndRunTwice() throws Exception {
        Path race = BundledTarget.RACE.writeTo(directory);
        int status = run("target", "check", race.toString(), "--iterations", "300");
        assertThat(status).as(said.toString()).isZero();
        assertThat(said.toString())
                .contains("booted to \"@bw ready\"")
                .contains("300 iterations")
                .contains("a second run was identical");
    }

    @Test
    void aKernelThatIsNoneIsNamed() throws Exception {
        Path race = BundledTarget.RACE.writeTo(directory);
        Files.writeString(race.resolve("kernel.elf"), "no kernel at all");
        assertThat(run("target", "check", race.toString())).isEqualTo(1);
        assertThat(said.toString()).contains("cannot be used: TARGET_UNBOOTABLE");
    }

    @Test
    void aManifestWithAnUnknownFieldIsNotBooted() throws Exception {
        Path race = BundledTarget.RACE.writeTo(directory);
        Path manifest = race.resolve("target.yaml");
        Files.writeString(manifest, Files.readString(manifest) + "more: 1\n");
        assertThat(run("target", "check", race.toString())).isEqualTo(1);
        assertThat(said.toString()).contains("more").doesNotContain("booted");
    }

    @Test
    void buildingNeedsExactlyOneTest() {
        for (List<String> options : List.of(List.<String>of(), List.of("--test", "a", "--selftest", "x86/b"))) {
            String[] arguments = options.toArray(new String[0]);
            String[] command = new String[arguments.length + 2];
            command[0] = "target";
            command[1] = "build-linux";
            System.arraycopy(arguments, 0, command, 2, arguments.length);
            assertThat(run(command)).isEqualTo(CommandLine.ExitCode.USAGE);
            assertThat(said.toString()).contains("--test FILE or --selftest DIR/NAME");
        }
    }

    @Test
    void aTestThatIsNotThereIsNamedByTheScript() {
        Path missing = directory.resolve("no-such-test");
        int status = run(
                "target",
                "build-linux",
                "--test",
                missing.toString(),
                "--to",
                directory.resolve("out").toString());
        assertThat(status).isEqualTo(1);
        assertThat(said.toString()).contains("--test " + missing + ": there is no such file");
    }
}
