package io.bohrwerk.emulator.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.emulator.console.ConsoleReader;
import io.bohrwerk.protocol.LinePattern;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.target.PanicPattern;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ReportScannerTest {
    private static Path logs() throws Exception {
        return Path.of(Objects.requireNonNull(ReportScannerTest.class.getResource("linux-null.log"))
                        .toURI())
                .resolveSibling(".");
    }

    /**
     * One console per file, headed by what is to be found in it: the title, the kind of report (or {@code NONE}), what is wrong with it and
     * the last line of what is cut out; of some the functions of the stack, and the titles that other reports of the bug could have. Linux's from 6.1 in QEMU as it printed them where its build has the means; the others by the
     * kernels' sources. Every report that is found misread adds one.
     */
    @TestFactory
    List<DynamicTest> goldens() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> files = Files.list(logs())) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".log")).toList()) {
                tests.add(DynamicTest.dynamicTest(
                        String.valueOf(file.getFileName()), () -> check(Files.readString(file))));
            }
        }
        assertThat(tests).hasSizeGreaterThan(25);
        return tests;
    }

    private static void check(String file) throws IOException {
        int head = file.indexOf("\n\n");
        Map<String, String> expected = new HashMap<>();
        file.substring(0, head).lines().forEach(line -> {
            String[] parts = line.split(": ?", 2);
            expected.put(parts[0], parts[1]);
        });
        String console = file.substring(head + 2);
        Optional<KernelReport> found = scan(PanicPatterns.known(), console);
        if ("NONE".equals(expected.get("kind"))) {
            assertThat(found).isEmpty();
            return;
        }
        KernelReport report = found.orElseThrow(() -> new AssertionError("no report found"));
        assertThat(report.title()).isEqualTo(expected.get("title"));
        assertThat(report.outcome().name()).isEqualTo(expected.get("kind"));
        assertThat(report.damage()).isEqualTo(expected.get("damage"));
        assertThat(report.certain()).isTrue();
        assertThat(report.text().stripTrailing())
                .endsWith(String.valueOf(expected.get("last")).strip());
        if (expected.containsKey("frames")) {
            assertThat(String.join(" ", report.frames())).isEqualTo(expected.get("frames"));
            assertThat(String.join("; ", report.alternatives())).isEqualTo(expected.get("alternatives"));
        }
        byte[] bytes = console.getBytes(StandardCharsets.UTF_8);
        String cut =
                new String(bytes, (int) report.start(), (int) (report.end() - report.start()), StandardCharsets.UTF_8);
        assertThat(cut).contains(report.line());
        // A carriage return begins a line of a kernel that ends them with LF CR.
        assertThat(cut.replace("\r", "").lines().map(String::stripTrailing))
                .containsAll(report.text().lines().toList());
    }

    private static Optional<KernelReport> scan(PanicPatterns patterns, String console) throws IOException {
        ReportScanner scanner = new ReportScanner(patterns);
        new ConsoleReader(scanner::take, Long.MAX_VALUE, () -> {})
                .readAll(new ByteArrayInputStream(console.getBytes(StandardCharsets.UTF_8)));
        return scanner.report();
    }

    private static PanicPattern pattern(String line, String title, PanicPattern.Kind kind) {
        return new PanicPattern(LinePattern.parse(line), title, kind);
    }

    @Test
    void aTargetCanIgnoreWarnings() throws Exception {
        String file = Files.readString(logs().resolve("linux-warning.log"));
        PanicPatterns patterns = PanicPatterns.with(List.of(pattern("WARNING: * at ", "", PanicPattern.Kind.IGNORE)));
        assertThat(scan(patterns, file.substring(file.indexOf("\n\n") + 2))).isEmpty();
    }

    @Test
    void aTargetCanTellOfItsOwnTroubleAndOverruleWhatIsKnown() throws Exception {
        PanicPatterns patterns = PanicPatterns.with(List.of(
                pattern("widget: ring {ring} is {how...}, giving up", "ring {how}", PanicPattern.Kind.STALL),
                pattern("BUG: Bad rss-counter state", "", PanicPattern.Kind.IGNORE)));
        assertThat(scan(patterns, "BUG: Bad rss-counter state mm:00 type:MM_ANONPAGES val:1\n"))
                .isEmpty();
        KernelReport report =
                scan(patterns, "x\nwidget: ring rx0 is 17 full, giving up\n").orElseThrow();
        assertThat(report.title()).isEqualTo("ring N full");
        assertThat(report.outcome()).isEqualTo(Outcome.HUNG);
        assertThat(report.start()).isEqualTo(2);
    }

    /** Only what a kernel adds to it tells its panic from one of a program's. */
    @Test
    void aProgramsPanicIsNotCertain() throws Exception {
        KernelReport report = scan(PanicPatterns.known(), "panic: runtime error\n\ngoroutine 1 [running]:\n")
                .orElseThrow();
        assertThat(report.deadly()).isTrue();
        assertThat(report.certain()).isFalse();
    }

    @Test
    void aReportIsBounded() throws Exception {
        String console = "[    1.000000] BUG: kernel NULL pointer dereference, address: 0\n"
                + "[    1.000000]  widget_loop+0x1/0x2\n".repeat(100_000);
        KernelReport report = scan(PanicPatterns.known(), console).orElseThrow();
        assertThat(report.text().length()).isLessThanOrEqualTo(ReportScanner.LONGEST);
        assertThat(report.damage()).isEqualTo("cut at 32 KiB");
        assertThat(report.title()).isEqualTo("BUG: kernel NULL pointer dereference in widget_loop");
    }

    private static final String OOPS = """
            [    1.000000] BUG: kernel NULL pointer dereference, address: 0000000000000018
            [    1.000001] Oops: 0000 [#1] PREEMPT SMP
            [    1.000002] RIP: 0010:widget_poke+0x1b/0x30
            [    1.000003] Call Trace:
            [    1.000004]  widget_poke+0x1d/0x90
            [    1.000005]  vfs_write+0xc7/0x3f0
            """;

    /** Hung tasks are told of one after the other, and registers of all processors follow; the first stack came whole. */
    @Test
    void aReportThatIsCutBehindItsStackIsNotDamaged() throws Exception {
        KernelReport report = scan(
                        PanicPatterns.known(),
                        OOPS + "[    1.000006] Stack: 0000000000000000 0000000000000000\n".repeat(2000))
                .orElseThrow();
        assertThat(report.text().length())
                .isGreaterThan(ReportScanner.LONGEST - 100)
                .isLessThanOrEqualTo(ReportScanner.LONGEST);
        assertThat(report.damage()).isEmpty();
        assertThat(report.title()).isEqualTo("BUG: kernel NULL pointer dereference in widget_poke");
    }

    @Test
    void aReportThatIsCutBeforeItsStackIsDamaged() throws Exception {
        String first = OOPS.substring(0, OOPS.indexOf('\n') + 1);
        KernelReport report = scan(
                        PanicPatterns.known(), first + "[    1.000006] Stack: 0000000000000000\n".repeat(2000) + OOPS)
                .orElseThrow();
        assertThat(report.damage()).isEqualTo("cut at 32 KiB");
    }

    @Test
    void aLineOfTenMegabytesHidesNoReport() throws Exception {
        String tenMegabytes = "A".repeat(10 << 20);
        String title = "BUG: kernel NULL pointer dereference in widget_poke";
        // A program's, which had not ended it when the kernel spoke.
        KernelReport behind = scan(PanicPatterns.known(), tenMegabytes + OOPS).orElseThrow();
        assertThat(behind.title()).isEqualTo(title);
        assertThat(behind.start()).isEqualTo(10 << 20);
        assertThat(behind.text()).startsWith("[    1.000000] BUG: ");
        // A program's, between two of the kernel's.
        int second = OOPS.indexOf('\n') + 1;
        KernelReport among = scan(
                        PanicPatterns.known(), OOPS.substring(0, second) + tenMegabytes + "\n" + OOPS.substring(second))
                .orElseThrow();
        assertThat(among.title()).isEqualTo(title);
        assertThat(among.damage()).isEmpty();
        assertThat(among.text()).doesNotContain("AAAA");
        // The kernel's own.
        KernelReport first = scan(
                        PanicPatterns.known(),
                        OOPS.substring(0, second - 1) + tenMegabytes + "\n" + OOPS.substring(second))
                .orElseThrow();
        assertThat(first.title()).isEqualTo(title);
        assertThat(first.text().length()).isLessThanOrEqualTo(ReportScanner.LONGEST);
        assertThat(scan(PanicPatterns.known(), tenMegabytes)).isEmpty();
    }

    /** PostgreSQL takes none, and no console shows them. */
    @Test
    void aReportHoldsNoNuls() throws Exception {
        String console = "\0\0ready\n\0\0" + OOPS.replace("widget", "wid\0get").replace("BUG: ", "BU\0G: ");
        KernelReport report = scan(PanicPatterns.known(), console).orElseThrow();
        assertThat(report.title()).isEqualTo("BUG: kernel NULL pointer dereference in widget_poke");
        assertThat(report.start()).isEqualTo(10);
        assertThat(report.text()).isEqualTo(OOPS);
        assertThat(report.frames()).containsExactly("widget_poke", "vfs_write");
    }

    /** With the kernel's stamps or without them, and among the words of others. */
    @Test
    void aLogThatASyslogDaemonWrote() throws Exception {
        for (String head :
                List.of("Dec  1 03:21:05 guest kernel: ", "2026-12-01T03:21:05.123456+00:00 guest kernel: ")) {
            for (String kernel : List.of(OOPS, OOPS.replaceAll("(?m)^\\[.{12}] ", ""))) {
                String log = kernel.replaceAll("(?m)^", head)
                        .replace(
                                "Call Trace:\n",
                                "Call Trace:\n" + head.replace("kernel", "test[80]") + " lost+0x1/0x2\n");
                KernelReport report = scan(PanicPatterns.known(), log).orElseThrow();
                assertThat(report.title()).isEqualTo("BUG: kernel NULL pointer dereference in widget_poke");
                assertThat(report.certain()).isTrue();
                assertThat(report.frames()).containsExactly("widget_poke", "vfs_write");
                assertThat(report.text()).doesNotContain("test[80]");
            }
        }
    }

    /** Mailers strip the blanks at which a stack's lines begin, and people the time stamps. */
    @Test
    void aReportThatAMailQuotes() throws Exception {
        String quoted = OOPS.replaceAll("(?m)^\\[.{12}] +", "");
        KernelReport report =
                scan(PanicPatterns.known(), "It died:\n\n" + quoted).orElseThrow();
        assertThat(report.title()).isEqualTo("BUG: kernel NULL pointer dereference in widget_poke");
        assertThat(report.frames()).containsExactly("widget_poke", "vfs_write");
    }
}
