package io.bohrwerk.cli.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.bohrwerk.emulator.console.ConsoleReader;
import io.bohrwerk.emulator.report.KernelReport;
import io.bohrwerk.emulator.report.PanicPatterns;
import io.bohrwerk.emulator.report.ReportScanner;
import io.bohrwerk.protocol.Wire;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Finds the first kernel report in console logs, without a server. */
@Command(
        name = "report",
        description = "Finds the first kernel report in a console log and prints its title, functions and text.",
        footer = "Exit status 0 if each log has a report, 1 if one has none, 2 if one cannot be read.")
public final class ReportCommand implements Callable<Integer> {
    private static final String STANDARD_INPUT = "-";

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Console logs; - is standard input.")
    private List<String> files = List.of();

    @Option(names = "--json", description = "One JSON object per log, one per line.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** What is said of a log, as JSON. Without a report only the file is there. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Said(
            String file,
            boolean found,
            @Nullable String outcome,
            @Nullable String title,
            @Nullable List<String> alternatives,
            @Nullable List<String> frames,
            @Nullable String damage,
            @Nullable Boolean certain,
            @Nullable String pattern,
            @Nullable Long start,
            @Nullable Long end,
            @Nullable String text) {
        static Said of(String file, Optional<KernelReport> found) {
            KernelReport report = found.orElse(null);
            return report == null
                    ? new Said(file, false, null, null, null, null, null, null, null, null, null, null)
                    : new Said(
                            file,
                            true,
                            report.outcome().name(),
                            report.title(),
                            report.alternatives(),
                            report.frames(),
                            report.damage(),
                            report.certain(),
                            report.pattern(),
                            report.start(),
                            report.end(),
                            report.text());
        }
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        int exit = 0;
        for (String file : files) {
            try {
                Optional<KernelReport> report = read(file);
                exit = Math.max(exit, report.isPresent() ? 0 : 1);
                print(out, file, report);
            } catch (NoSuchFileException e) {
                spec.commandLine().getErr().println("cannot read " + file + ": no such file");
                exit = 2;
            } catch (IOException e) {
                spec.commandLine().getErr().println("cannot read " + file + ": " + e.getMessage());
                exit = 2;
            }
        }
        out.flush();
        return exit;
    }

    private void print(PrintWriter out, String file, Optional<KernelReport> found) {
        if (json) {
            out.println(Wire.writeText(Said.of(file, found)));
            return;
        }
        if (files.size() > 1) {
            out.println(file + ":");
        }
        if (found.isEmpty()) {
            out.println("no kernel report");
            return;
        }
        KernelReport report = found.get();
        out.println("title:        " + report.title());
        out.println("outcome:      " + report.outcome().name().toLowerCase(Locale.ROOT));
        out.println("alternatives: "
                + (report.alternatives().isEmpty() ? "none" : String.join("; ", report.alternatives())));
        out.println("stack:        " + (report.frames().isEmpty() ? "none" : String.join(" < ", report.frames())));
        out.println("damaged:      " + (report.damage().isEmpty() ? "no" : report.damage()));
        out.println("pattern:      " + report.pattern());
        out.println("bytes:        " + report.start() + " to " + report.end());
        out.println();
        report.text().lines().map(Listing::harmless).forEach(out::println);
    }

    private static Optional<KernelReport> read(String file) throws IOException {
        ReportScanner scanner = new ReportScanner(PanicPatterns.known());
        try (InputStream in = open(file)) {
            new ConsoleReader(scanner::take, Long.MAX_VALUE, () -> {}).readAll(in);
        }
        // What only could have been a kernel is a program's when nothing of a kernel followed to the end.
        return scanner.report().filter(KernelReport::certain);
    }

    private static InputStream open(String file) throws IOException {
        if (!file.equals(STANDARD_INPUT)) {
            return Files.newInputStream(Path.of(file));
        }
        return new FilterInputStream(System.in) {
            @Override
            public void close() {
                // The process's own.
            }
        };
    }
}
