package io.bohrwerk.cli.command;

import io.bohrwerk.cli.debug.DebugLock;
import io.bohrwerk.cli.debug.FailureDirectory;
import io.bohrwerk.client.Artifacts;
import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.EmulatorSettings;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.debug.DebugSettings;
import io.bohrwerk.emulator.debug.DebuggedFailure;
import io.bohrwerk.emulator.debug.GdbScript;
import io.bohrwerk.emulator.debug.TimeTravelServer;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.server.StateDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A debugger at a failure, which can go back. */
@Command(
        name = "debug",
        description = {
            "Starts a gdb server at a failure, on the loopback interface, where gdb can go back: reverse-stepi, reverse-continue to a",
            "breakpoint or to a watchpoint's last write, and monitor goto. Ends with Ctrl-C, or with --gdb when gdb exits."
        })
public final class DebugCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "FAILURE", description = "The failure's id.")
    private @Nullable String failure;

    @Option(names = "--directory", paramLabel = "DIR", description = "An unpacked bundle instead; needs no server.")
    private @Nullable Path directory;

    @Option(names = "--port", paramLabel = "N", description = "Port to listen on. Default: any free port.")
    private int port;

    @Option(names = "--gdb", description = "Also start gdb here.")
    private boolean gdb;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ServerOption server;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if ((failure == null) == (directory == null)) {
            throw new ParameterException(spec.commandLine(), "give either FAILURE or --directory DIR");
        }
        Path bundle = directory == null ? fetched(String.valueOf(failure)) : directory.toAbsolutePath();
        try (DebugLock lock = DebugLock.take(bundle)) {
            FailureDirectory opened = FailureDirectory.open(bundle);
            Path machines =
                    StateDirectory.ofEnvironment().path().resolve("debug").resolve("machines");
            Emulator emulator = Emulator.open(EmulatorSettings.in(machines));
            Thread hook = new Thread(emulator::close);
            Runtime.getRuntime().addShutdownHook(hook);
            try {
                return serve(emulator, opened, bundle, lock);
            } finally {
                Runtime.getRuntime().removeShutdownHook(hook);
                emulator.close();
            }
        }
    }

    private Path fetched(String id) throws IOException, InterruptedException {
        Path parent = StateDirectory.ofEnvironment().path().resolve("debug");
        Path bundle = parent.resolve("bohrwerk-" + id);
        if (!Files.isRegularFile(bundle.resolve("manifest.json"))) {
            spec.commandLine().getErr().println("fetching the failure's bundle");
            return Artifacts.bundle(server.client(), id, parent);
        }
        return bundle;
    }

    private int serve(Emulator emulator, FailureDirectory opened, Path bundle, DebugLock lock) throws Exception {
        DebuggedFailure debugged = opened.failure();
        String here = emulator.version(debugged.target().manifest().machine().arch());
        InvalidInputException.require(
                here.equals(opened.emulator()),
                "emulator",
                here,
                "cannot replay what was recorded by " + opened.emulator());
        PrintWriter out = spec.commandLine().getOut();
        out.println("replaying to the failure, instruction " + debugged.last());
        try (TimeTravelServer debugger = TimeTravelServer.open(emulator, debugged, DebugSettings.onPort(port))) {
            lock.tell(debugger.port());
            Path script = bundle.resolve("attach.gdb");
            GdbScript.write(script, debugged.target(), debugger.port());
            List<String> command = List.of("gdb", "-q", "-x", script.toString());
            if (gdb) {
                return new ProcessBuilder(command).inheritIO().start().waitFor();
            }
            out.println("listening at 127.0.0.1:" + debugger.port() + "; attach with:");
            out.println("  " + String.join(" ", command));
            out.println("in gdb: reverse-stepi, reverse-continue, monitor help. Ctrl-C here stops the server.");
            out.flush();
            debugger.await();
            return 0;
        } catch (InfrastructureException e) {
            throw new IOException(e.kind() + ": " + e.getMessage(), e);
        }
    }
}
