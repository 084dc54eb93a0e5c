package io.bohrwerk.emulator.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.emulator.console.ConsoleReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Many short consoles in few files. Linux's lines follow the format strings of 6.1, 6.12 and 7.2. Each is headed by a line {@code #### OUTCOME | TITLE | FRAMES}, the
 * frames from the inside out; the outcome is {@code NONE} where there is no report.
 */
class ReportCorpusTest {
    private static final String HEAD = "#### ";

    @TestFactory
    List<DynamicTest> corpus() throws Exception {
        Path folder = Path.of(Objects.requireNonNull(ReportCorpusTest.class.getResource("corpus"))
                .toURI());
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                for (String part : Files.readString(file).split("(?m)^" + HEAD)) {
                    if (!part.isBlank()) {
                        tests.add(DynamicTest.dynamicTest(
                                file.getFileName() + ": "
                                        + part.lines().findFirst().orElseThrow(),
                                () -> check(part)));
                    }
                }
            }
        }
        assertThat(tests).hasSizeGreaterThan(150);
        return tests;
    }

    private static void check(String part) throws IOException {
        int end = part.indexOf('\n');
        String[] head = part.substring(0, end).split(" \\| ?", 3);
        byte[] console = part.substring(end + 1).getBytes(StandardCharsets.UTF_8);
        ReportScanner scanner = new ReportScanner(PanicPatterns.known());
        new ConsoleReader(scanner::take, Long.MAX_VALUE, () -> {}).readAll(new ByteArrayInputStream(console));
        Optional<KernelReport> found = scanner.report();
        if (head[0].equals("NONE")) {
            assertThat(found).isEmpty();
            return;
        }
        KernelReport report = found.orElseThrow(() -> new AssertionError("no report found"));
        assertThat(report.title()).isEqualTo(head[1]);
        assertThat(report.outcome().name()).isEqualTo(head[0]);
        assertThat(report.damage()).isEmpty();
        if (head.length > 2) {
            assertThat(String.join(" ", report.frames())).isEqualTo(head[2]);
        }
        // A report begins where the kernel's first line does, also behind a prompt.
        assertThat((char) console[(int) report.start()]).isEqualTo('[');
    }
}
