package io.bohrwerk.cli.command;

import io.bohrwerk.server.StateDirectory;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Tells what runs in the state directory. */
@Command(name = "status", description = "Shows what is running here. Exit status 1 if nothing is.")
public final class StatusCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        StateDirectory state = StateDirectory.ofEnvironment();
        Optional<StateDirectory.Running> running = state.running();
        out.println("state: " + state.path());
        out.println(running.map(r -> "running: " + r.url() + " (process " + r.pid() + ")")
                .orElse("nothing runs here"));
        return running.isPresent() ? 0 : 1;
    }
}
