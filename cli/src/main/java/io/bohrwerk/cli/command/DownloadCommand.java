package io.bohrwerk.cli.command;

import io.bohrwerk.client.Artifacts;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Fetches a failure. */
@Command(
        name = "download",
        description =
                "Downloads a failure's merged log, snapshot, recording and manifest, checks them and prints their paths.")
public final class DownloadCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FAILURE", description = "The failure's id.")
    @SuppressWarnings("NullAway.Init")
    private String failure;

    @Option(names = "--to", required = true, paramLabel = "DIR", description = "Output directory; created if missing.")
    @SuppressWarnings("NullAway.Init")
    private Path to;

    @Option(
            names = "--bundle",
            description = "The unpacked bundle, which replays on a machine with only QEMU and gdb: see its README.md.")
    private boolean bundle;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ServerOption server;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        if (bundle) {
            out.println(Artifacts.bundle(server.client(), failure, to.toAbsolutePath()));
            return 0;
        }
        Artifacts.download(server.client(), failure, to.toAbsolutePath())
                .values()
                .forEach(out::println);
        return 0;
    }
}
