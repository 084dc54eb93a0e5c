package io.bohrwerk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.client.BundledTarget;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    void aFileThatIsMissingIsNamed() throws Exception {
        Path race = BundledTarget.RACE.writeTo(directory);
        Files.delete(race.resolve("kernel.elf"));
        assertThat(run("target", "check", race.toString())).isEqualTo(1);
        assertThat(said.toString()).contains("boot: 'kernel.elf' is named in the manifest but is not in " + race);
    }

    /** 64-bit, by its header, and the machine an i386. */
    @Test
    void aKernelForAnotherProcessorIsNotBooted() throws Exception {
        Path race = BundledTarget.RACE.writeTo(directory);
        byte[] elf = new byte[64];
        System.arraycopy(new byte[] {0x7f, 'E', 'L', 'F', 2}, 0, elf, 0, 5);
        elf[18] = 62;
        Files.write(race.resolve("kernel.elf"), elf);
        assertThat(run("target", "check", race.toString())).isEqualTo(1);
        assertThat(said.toString())
                .contains("machine.arch: 'i386' must be x86_64")
                .doesNotContain("booted");
    }

    @Test
    void aProgramThatCannotRunInTheGuestIsNotPacked() throws Exception {
        Path dynamic = Path.of("/bin/true").toRealPath();
        assertThat(build(dynamic)).isEqualTo(1);
        assertThat(said.toString()).contains("--test " + dynamic + ": is dynamically linked", "gcc -static");
        byte[] arm = Files.readAllBytes(dynamic);
        arm[18] = (byte) 183;
        Path other = Files.write(directory.resolve("for-arm"), arm);
        assertThat(build(other)).isEqualTo(1);
        assertThat(said.toString()).contains("--test " + other + ": must be for x86_64 or i386", "AArch64");
    }

    /** A 32-bit Linux image by its header, which a Linux target's machine does not take. */
    @Test
    void aLinuxForAnotherProcessorIsRefusedWhenItIsBuilt() throws Exception {
        byte[] linux = new byte[1024];
        System.arraycopy(new byte[] {'H', 'd', 'r', 'S', 0x0f, 0x02}, 0, linux, 0x202, 6);
        Path kernel = Files.write(directory.resolve("bzImage"), linux);
        Path script = Files.writeString(directory.resolve("my test.sh"), "#!/bin/sh\n");
        assertThat(build(script, "--kernel", kernel.toString(), "--append", "nokaslr"))
                .isEqualTo(1);
        assertThat(said.toString()).contains("machine.arch: 'x86_64' must be i386");
        // Level 7 shows the stacks of hung tasks and stalls, which are printed as information.
        assertThat(directory.resolve("out/target.yaml"))
                .content()
                .contains("name: 'linux-my-test'", "append: 'console=ttyS0 panic=-1 loglevel=7 nokaslr'");
    }

    private int build(Path test, String... more) {
        List<String> command = new ArrayList<>(List.of("target", "build-linux", "--test", test.toString()));
        command.addAll(List.of("--to", directory.resolve("out").toString()));
        command.addAll(List.of(more));
        return run(command.toArray(String[]::new));
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

    @Test
    void whatNeedsAnAgentIsRefusedWithoutOne() throws Exception {
        Path script = Files.writeString(directory.resolve("test.sh"), "#!/bin/sh\n");
        assertThat(build(script, "--console", "--format", "tap")).isEqualTo(1);
        assertThat(said.toString()).contains("--format tap: the agent reads it, and linux-shell has none");
        assertThat(build(script, "--console", "--disk-size", "1M", "--expect-failure", "a"))
                .isEqualTo(1);
        assertThat(said.toString()).contains("--expect-failure: the agent knows subtests, and linux-disk has none");
        assertThat(build(script, "--console", "--disk-size", "much")).isEqualTo(1);
        assertThat(said.toString()).contains("--disk-size much: must be a number with K, M or G");
        assertThat(build(script, "--disk-size", "1M")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(said.toString()).contains("--disk-size: only with --console");
    }
}
