package io.bohrwerk.cli.command;

import io.bohrwerk.server.StateDirectory;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Ends what runs in the state directory. */
@Command(name = "stop", description = "Stops the running instance and waits for it to exit.")
public final class StopCommand implements Callable<Integer> {
    /** Stopping in order is bounded to ten seconds by the process itself. */
    private static final int LIMIT_SECONDS = 20;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Optional<ProcessHandle> process =
                StateDirectory.ofEnvironment().running().flatMap(StateDirectory.Running::process);
        if (process.isEmpty()) {
            out.println("nothing runs here");
            return 0;
        }
        process.get().destroy();
        try {
            process.get().onExit().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            spec.commandLine()
                    .getErr()
                    .println("bohrwerk: process " + process.get().pid() + " did not exit; use kill -9");
            return 1;
        }
        out.println("stopped");
        return 0;
    }
}
