package io.bohrwerk.cli.command;

import io.bohrwerk.server.AllInOne;
import io.bohrwerk.server.StateDirectory;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs everything until it is told to stop. */
@Command(name = "up", description = "Starts everything in one process and runs until Ctrl-C.")
public final class UpCommand implements Callable<Integer> {
    @Option(
            names = "--port",
            defaultValue = "" + ServerOption.DEFAULT_PORT,
            description = "Port of API and dashboard. 0 for any free port. Default: ${DEFAULT-VALUE}")
    private int port;

    @Option(
            names = "--address",
            defaultValue = "127.0.0.1",
            description = "The address to listen on. Any but loopback needs --tokens. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init")
    private String address;

    @Option(
            names = "--tokens",
            description = "Require a token for access. The first is created in the state directory, where the commands"
                    + " find it; 'token create' makes more.")
    private boolean tokens;

    @Option(
            names = "--host",
            paramLabel = "NAME",
            description = "A host name or address by which clients reach this server. May be repeated.")
    private List<String> hosts = List.of();

    /** For the launcher, which makes an archive of the classes that a start loads. */
    @Option(names = "--rehearse", hidden = true, description = "Start on a free port, and stop.")
    private boolean rehearse;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        StateDirectory state = StateDirectory.ofEnvironment();
        AllInOne all =
                AllInOne.start(state, rehearse ? 0 : port, new AllInOne.Access(address, tokens, hosts), out::println);
        if (rehearse) {
            all.close();
            return 0;
        }
        CountDownLatch forever = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            out.println("stopping");
            all.close();
            out.println("stopped");
        }));
        out.println("state is in " + state.path() + ", the log in " + state.logFile());
        out.println("ready: " + all.url());
        forever.await();
        return 0;
    }
}
