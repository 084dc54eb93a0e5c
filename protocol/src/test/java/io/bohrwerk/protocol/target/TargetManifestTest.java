package io.bohrwerk.protocol.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.ByteSize;
import io.bohrwerk.protocol.Documents;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.LinePattern;
import io.bohrwerk.protocol.VirtualTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TargetManifestTest {
    private static final String GOOD = """
            name: x86-debug-register-race
            machine: {arch: i386, memory: 16MiB, cpus: 1, bootShift: 4}
            boot: {kernel: kernel.elf, initrd: initrd.gz, append: "console=ttyS0 quiet"}
            test: {driver: agent, iterationTimeout: 10s, format: tap, expectedFailures: ["Test icebp"]}
            """;

    @Test
    void readsWhatTheDesignShows() {
        TargetManifest manifest = TargetManifest.parse(GOOD);
        assertThat(manifest.name()).isEqualTo("x86-debug-register-race");
        assertThat(manifest.machine().arch()).isEqualTo(TargetMachine.Arch.I386);
        assertThat(manifest.machine().memory()).isEqualTo(ByteSize.ofMebibytes(16));
        assertThat(manifest.boot().files()).containsExactly("kernel.elf", "initrd.gz");
        assertThat(manifest.boot().append()).isEqualTo("console=ttyS0 quiet");
        assertThat(manifest.test().iterationTimeout()).isEqualTo(VirtualTime.parse("10s"));
        assertThat(manifest.test().format()).isEqualTo(TargetTest.Format.TAP);
        assertThat(manifest.test().expectedFailures()).containsExactly("Test icebp");
    }

    /** Nine lists of nine references to the one before are a billion words to whoever spells them out. */
    @Test
    void aDocumentThatUnfoldsIsRefused() {
        StringBuilder bomb = new StringBuilder("a0: &a0 x\n");
        for (int i = 1; i < 10; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [");
            bomb.append(("*a" + (i - 1) + ", ").repeat(9)).append("]\n");
        }
        assertThatThrownBy(() -> TargetManifest.parse(bomb.toString())).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(
                        () -> TargetManifest.parse(
                                bomb
                                        + "name: n\nmachine: {arch: i386, memory: 16MiB}\nboot: {kernel: k}\ntest: {expectedFailures: *a9}\n"))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void fillsInWhatIsLeftOut() {
        TargetManifest manifest =
                TargetManifest.parse("{name: n, machine: {arch: X86_64, memory: 1GiB}, boot: {kernel: k}, test: {}}");
        assertThat(manifest.machine())
                .isEqualTo(new TargetMachine(
                        TargetMachine.Arch.X86_64,
                        ByteSize.ofMebibytes(1024),
                        1,
                        4,
                        VirtualTime.parse("4ms"),
                        null,
                        null));
        assertThat(manifest.boot()).isEqualTo(new TargetBoot("k", null, "", List.of(), null));
        assertThat(manifest.test())
                .isEqualTo(new TargetTest(
                        TargetTest.Driver.AGENT,
                        VirtualTime.parse("60s"),
                        TargetTest.Format.EXIT,
                        List.of(),
                        null,
                        null,
                        List.of(),
                        List.of(),
                        false));
    }

    @Test
    void readsPanicPatterns() {
        TargetManifest manifest = TargetManifest.parse(
                GOOD.replace(
                        "driver: agent",
                        "panicPatterns: [{line: 'WARNING: CPU: * at ', title: 'WARNING in {frame}'}, {line: 'BUG: old', kind: ignore}]"));
        assertThat(manifest.test().panicPatterns())
                .containsExactly(
                        new PanicPattern(
                                LinePattern.parse("WARNING: CPU: * at "),
                                "WARNING in {frame}",
                                PanicPattern.Kind.PANIC),
                        new PanicPattern(LinePattern.parse("BUG: old"), "", PanicPattern.Kind.IGNORE));
        assertThat(TargetManifest.parse(Documents.toYaml(manifest))).isEqualTo(manifest);
    }

    @Test
    void readsWhatItWrites() {
        TargetManifest manifest = TargetManifest.parse(GOOD);
        assertThat(TargetManifest.parse(Documents.toYaml(manifest))).isEqualTo(manifest);
    }

    /** {@code from} in the good manifest is replaced by {@code to}: field, value, and the whole message. */
    static Stream<Arguments> bad() {
        return Stream.of(
                bad("cpus: 1", "cpus: 0", "machine.cpus", "0", "machine.cpus: '0' must be between 1 and 8"),
                bad("cpus: 1", "cpus: 9", "machine.cpus", "9", "machine.cpus: '9' must be between 1 and 8"),
                bad("cpus: 1", "cpus: one", "machine.cpus", "one", "machine.cpus: 'one' must be a whole number"),
                bad("cpus: 1", "cpus: '1'", "machine.cpus", "1", "machine.cpus: '1' must be a whole number"),
                bad("cpus: 1", "cpus: 1.5", "machine.cpus", "1.5", "machine.cpus: '1.5' must be a whole number"),
                bad("cpus: 1", "cpus: [1]", "machine.cpus", "[1]", "machine.cpus: '[1]' must be a whole number"),
                bad(
                        "cpus: 1",
                        "cpus: 99999999999",
                        "machine.cpus",
                        "99999999999",
                        "machine.cpus: '99999999999' is too large a number"),
                bad(
                        "cpus: 1",
                        "cores: 1",
                        "machine.cores",
                        "",
                        "machine.cores: is not a known field; known here are arch, bootShift, cpu, cpus, memory, timerHz, timerPeriod"),
                bad(
                        "cpus: 1",
                        "cpus: 1, cpus: 1",
                        "",
                        "",
                        "document: must be well-formed; line 2, column 51: Duplicate Object property \"cpus\""),
                bad(
                        "bootShift: 4",
                        "bootShift: 11",
                        "machine.bootShift",
                        "11",
                        "machine.bootShift: '11' must be between 0 and 10"),
                bad(
                        "arch: i386",
                        "arch: arm",
                        "machine.arch",
                        "arm",
                        "machine.arch: 'arm' must be one of i386, x86_64"),
                bad("arch: i386", "arch: 0", "machine.arch", "0", "machine.arch: '0' must be one of i386, x86_64"),
                bad("arch: i386, ", "", "machine.arch", "", "machine.arch: is missing"),
                bad("memory: 16MiB, ", "", "machine.memory", "", "machine.memory: is missing"),
                bad(
                        "memory: 16MiB",
                        "memory: 16MB",
                        "machine.memory",
                        "16MB",
                        "machine.memory: '16MB' must be a number with a unit: KiB, MiB or GiB"),
                bad(
                        "memory: 16MiB",
                        "memory: 16",
                        "machine.memory",
                        "16",
                        "machine.memory: '16' must be a number with a unit, such as 16MiB"),
                bad(
                        "memory: 16MiB",
                        "memory: 9GiB",
                        "machine.memory",
                        "9GiB",
                        "machine.memory: '9GiB' must be whole mebibytes from 4MiB to 8GiB"),
                bad(
                        "memory: 16MiB",
                        "memory: 0MiB",
                        "machine.memory",
                        "0",
                        "machine.memory: '0' must be at least one byte"),
                bad(
                        "10s",
                        "10",
                        "test.iterationTimeout",
                        "10",
                        "test.iterationTimeout: '10' must be a number with a unit, such as 10s"),
                bad(
                        "10s",
                        "ten seconds",
                        "test.iterationTimeout",
                        "ten seconds",
                        "test.iterationTimeout: 'ten seconds' must be a number with a unit: ns, us, ms, s or m"),
                bad("10s", "0s", "test.iterationTimeout", "0", "test.iterationTimeout: '0' must be at least 1ns"),
                bad(
                        "kernel.elf",
                        "../x",
                        "boot.kernel",
                        "../x",
                        "boot.kernel: '../x' must be a plain file name in the bundle: letters, digits and ._,+@=-, no folders, up to 100"),
                bad(
                        "kernel.elf",
                        "/etc/passwd",
                        "boot.kernel",
                        "/etc/passwd",
                        "boot.kernel: '/etc/passwd' must be a plain file name in the bundle: letters, digits and ._,+@=-, no folders, up to 100"),
                bad(
                        "kernel.elf",
                        "..",
                        "boot.kernel",
                        "..",
                        "boot.kernel: '..' must be a plain file name in the bundle: letters, digits and ._,+@=-, no folders, up to 100"),
                bad(
                        "kernel.elf",
                        "target.yaml",
                        "boot.kernel",
                        "target.yaml",
                        "boot.kernel: 'target.yaml' must be a plain file name in the bundle: letters, digits and ._,+@=-, no folders, up to 100"),
                bad(
                        "initrd.gz",
                        "'a\"b'",
                        "boot.initrd",
                        "a\"b",
                        "boot.initrd: 'a\"b' must be a plain file name in the bundle: letters, digits and ._,+@=-, no folders, up to 100"),
                bad(
                        "initrd.gz",
                        "\"a\\nb\"",
                        "boot.initrd",
                        "a\uFFFDb",
                        "boot.initrd: 'a\uFFFDb' must be a plain file name in the bundle: letters, digits and ._,+@=-, no folders, up to 100"),
                bad(
                        "console=ttyS0 quiet",
                        "a\\nb",
                        "boot.append",
                        "a\uFFFDb",
                        "boot.append: 'a\uFFFDb' must be one line of printable ASCII, up to 2000"),
                bad(
                        "quiet\"",
                        "quiet\", disks: [root.qcow2]",
                        "boot.disks[0]",
                        "root.qcow2",
                        "boot.disks[0]: 'root.qcow2' must be a group of fields"),
                bad(
                        "quiet\"",
                        "quiet\", disks: [{file: root.img}]",
                        "boot.disks[0].format",
                        "",
                        "boot.disks[0].format: is missing"),
                bad(
                        "quiet\"",
                        "quiet\", disks: [{file: ../root.img, format: raw}]",
                        "boot.disks[0].file",
                        "../root.img",
                        "boot.disks[0].file: '../root.img' must be a plain file name in the bundle: letters, digits and ._,+@=-, no folders, up to 100"),
                bad(
                        "quiet\"",
                        "quiet\", disks: [{file: a, format: iso, bus: virtio}]",
                        "boot.disks[0].bus",
                        "virtio",
                        "boot.disks[0].bus: 'virtio' must be ide for an image of the format iso: it is a CD"),
                bad(
                        "quiet\"",
                        "quiet\", disks: [{file: a, format: raw}, {file: b, format: qcow2}]",
                        "boot.disks",
                        "[a, b]",
                        "boot.disks: '[a, b]' must have at most one that is not of the format iso: what the guest writes is kept with the snapshot, in one image"),
                bad(
                        "kernel: kernel.elf, initrd: initrd.gz, append: \"console=ttyS0 quiet\"",
                        "initrd: initrd.gz",
                        "boot.kernel",
                        "",
                        "boot.kernel: is missing"),
                bad(
                        "kernel: kernel.elf, initrd: initrd.gz, append: \"console=ttyS0 quiet\"",
                        "initrd: initrd.gz, disks: [{file: a, format: raw}]",
                        "boot.initrd",
                        "initrd.gz",
                        "boot.initrd: 'initrd.gz' needs a kernel, which loads it"),
                bad(
                        "quiet\"",
                        "quiet\", disks: root.qcow2",
                        "boot.disks",
                        "root.qcow2",
                        "boot.disks: 'root.qcow2' must be a list"),
                bad(
                        "x86-debug-register-race",
                        "'a, b'",
                        "name",
                        "a, b",
                        "name: 'a, b' must be 1 to 80 letters, digits, dots, dashes or underscores"),
                bad(
                        "x86-debug-register-race",
                        "\"a'b\"",
                        "name",
                        "a'b",
                        "name: 'a'b' must be 1 to 80 letters, digits, dots, dashes or underscores"),
                bad(
                        "x86-debug-register-race",
                        "\"a\\nb\"",
                        "name",
                        "a\uFFFDb",
                        "name: 'a\uFFFDb' must be 1 to 80 letters, digits, dots, dashes or underscores"),
                bad("x86-debug-register-race", "386", "name", "386", "name: '386' must be a text"),
                bad("x86-debug-register-race", "[]", "name", "[]", "name: '[]' must be a text"),
                bad("name: x86-debug-register-race\n", "", "name", "", "name: is missing"),
                bad(
                        "format: tap",
                        "format: xml",
                        "test.format",
                        "xml",
                        "test.format: 'xml' must be one of exit, tap, kselftest, atf, kyua"),
                bad(
                        "[\"Test icebp\"]",
                        "[\"\"]",
                        "test.expectedFailures",
                        "",
                        "test.expectedFailures: must be one line of printable ASCII, up to 200"),
                bad(
                        "[\"Test icebp\"]",
                        "[a, {b: c}]",
                        "test.expectedFailures[1]",
                        "{\"b\":\"c\"}",
                        "test.expectedFailures[1]: '{\"b\":\"c\"}' must be a text"),
                bad(
                        "format: tap",
                        "reportEvery: 0",
                        "test.reportEvery",
                        "0",
                        "test.reportEvery: '0' must be between 1 and 1000000"),
                bad(
                        "format: tap",
                        "panicPatterns: [{line: '*'}]",
                        "test.panicPatterns[0].line",
                        "*",
                        "test.panicPatterns[0].line: '*' must hold at least 3 characters of plain text, or it would match almost any line"),
                bad(
                        "format: tap",
                        "panicPatterns: [{line: 'bad {ring}', title: 'bad {rung}'}]",
                        "test.panicPatterns[0].title",
                        "bad {rung}",
                        "test.panicPatterns[0].title: 'bad {rung}' must name only what the line's pattern keeps, and frame"),
                bad(
                        "format: tap",
                        "panicPatterns: [{title: t}]",
                        "test.panicPatterns[0].line",
                        "",
                        "test.panicPatterns[0].line: is missing"),
                bad(
                        "{arch: i386, memory: 16MiB, cpus: 1, bootShift: 4}",
                        "fast",
                        "machine",
                        "fast",
                        "machine: 'fast' must be a group of fields"),
                bad(
                        "name: x86-debug-register-race",
                        "name: &a n\nmachine: *a",
                        "",
                        "*a",
                        "document: '*a' must not be used: write the value out instead of an alias"));
    }

    private static final String DRIVEN = """
            name: driven
            machine: {arch: x86_64, memory: 128MiB}
            boot: {disks: [{file: netbsd.img, format: raw}, {file: cd.iso, format: iso}]}
            test:
              driver: console
              script:
                - {wait: "login: ", timeout: 90s}
                - send: "root\\n"
                - wait: "# "
                - snapshot: ready
                - {loop: "cd /usr/tests && atf-run t_x | atf-report", fail: "*failed test cases"}
            """;

    @Test
    void readsScriptsAndDisks() {
        TargetManifest manifest = TargetManifest.parse(DRIVEN);
        assertThat(manifest.boot().kernel()).isNull();
        assertThat(manifest.boot().files()).containsExactly("netbsd.img", "cd.iso");
        assertThat(manifest.boot().writableDisk()).map(Disk::file).contains("netbsd.img");
        ConsoleScript script = manifest.test().console().orElseThrow();
        assertThat(script.steps())
                .extracting(ScriptStep::toString)
                .containsExactly("wait \"login: \"", "send \"root\\n\"", "wait \"# \"");
        assertThat(script.steps().get(0).timeout()).isEqualTo(VirtualTime.parse("90s"));
        assertThat(script.loop().fail()).isEqualTo(LinePattern.parse("*failed test cases"));
    }

    static Stream<Arguments> badScript() {
        return Stream.of(
                bad("wait: \"# \"", "{wait: a, await: b}", "test.script[2].await", "", ""),
                bad(
                        "wait: \"# \"",
                        "wait: ''",
                        "test.script[2].wait",
                        "",
                        "must be 1 to 200 characters of printable ASCII"),
                bad(
                        "wait: \"# \"",
                        "timeout: 1s",
                        "test.script[2]",
                        "",
                        "must be exactly one of wait, send, snapshot and loop"),
                bad(
                        "wait: \"# \"",
                        "{wait: a, send: b}",
                        "test.script[2]",
                        "wait, send",
                        "must be exactly one of wait, send, snapshot and loop"),
                bad("timeout: 90s", "pass: abc", "test.script[0].pass", "abc", "is an option of the step loop"),
                bad(
                        "send: \"root\\n\"",
                        "send: \"\u00e9\"",
                        "test.script[1].send",
                        "\u00e9",
                        "must be 1 to 1000 characters of ASCII"),
                bad(
                        "snapshot: ready",
                        "snapshot: other",
                        "test.script[3].snapshot",
                        "other",
                        "must be ready: that is the only one that batches start from"),
                bad(
                        "- snapshot: ready\n    ",
                        "",
                        "test.script",
                        "wait \"# \"",
                        "must have the step snapshot right before loop"),
                bad(
                        "fail: \"*",
                        "fail: \"{word} ",
                        "test.script[4].fail",
                        "{word} failed test cases",
                        "must not keep words in braces: the guest's shell looks for it; write * instead"),
                bad("driver: console", "driver: agent", "test.script", "5 steps", "belongs to the driver console"),
                bad(
                        "driver: console",
                        "driver: console\n  format: tap",
                        "test.format",
                        "tap",
                        "must be exit for the driver console: there is no agent to read it; use the loop's patterns"),
                bad(
                        "driver: console",
                        "driver: console\n  iterationsPerBatch: 4096",
                        "test.iterationsPerBatch",
                        "4096",
                        "must be at most 4095 for the driver console"));
    }

    @ParameterizedTest
    @MethodSource("badScript")
    void saysWhatIsWrongWithAScript(String from, String to, String field, String value, String rule) {
        assertThat(DRIVEN).contains(from);
        assertThatThrownBy(() -> TargetManifest.parse(DRIVEN.replace(from, to)))
                .isInstanceOfSatisfying(InvalidInputException.class, e -> {
                    assertThat(e.field()).isEqualTo(field);
                    assertThat(e.value()).isEqualTo(value);
                    assertThat(e.rule()).startsWith(rule.isEmpty() ? "is not a known field" : rule);
                });
    }

    private static Arguments bad(String from, String to, String field, String value, String message) {
        return Arguments.of(from, to, field, value, message);
    }

    @ParameterizedTest
    @MethodSource("bad")
    void saysWhichFieldWhichValueAndWhichRule(String from, String to, String field, String value, String message) {
        assertThat(GOOD).contains(from);
        assertThatThrownBy(() -> TargetManifest.parse(GOOD.replace(from, to)))
                .isInstanceOfSatisfying(InvalidInputException.class, e -> {
                    assertThat(e.getMessage()).isEqualTo(message);
                    assertThat(e.field()).isEqualTo(field);
                    assertThat(e.value()).isEqualTo(value);
                    assertThat(message).endsWith(e.rule());
                });
    }
}
