package io.bohrwerk.standalone.command;

import io.bohrwerk.standalone.LinuxTarget;
import io.bohrwerk.standalone.server.StateDirectory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** What is tested: build, upload, list. */
@Command(
        name = "target",
        description = "Builds, uploads and lists targets.",
        subcommands = {TargetCommand.Build.class, TargetCommand.Add.class, TargetCommand.ListAll.class})
public final class TargetCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say one of: target build, target add, target list");
    }

    @Command(
            name = "build",
            description = "Makes a target out of Debian's packages. Prints its directory last, or with --add its id.")
    static final class Build implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", description = "There is: linux-breakpoint")
        @SuppressWarnings("NullAway.Init")
        private String name;

        @Option(
                names = "--to",
                paramLabel = "DIR",
                description = "Where its directory is made. Default: the state directory")
        private @Nullable Path to;

        @Option(names = "--add", description = "Upload it, too.")
        private boolean add;

        @Mixin
        @SuppressWarnings("NullAway.Init")
        private ServerOption server;

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            StateDirectory state = StateDirectory.ofEnvironment();
            Path target = LinuxTarget.build(
                    name,
                    to == null ? state.targets() : to.toAbsolutePath(),
                    state.path(),
                    spec.commandLine().getErr()::println);
            spec.commandLine()
                    .getOut()
                    .println(add ? server.client().addTarget(target).path("id").asString() : target.toString());
            return 0;
        }
    }

    @Command(name = "add", description = "Uploads a target. Prints its id last.")
    static final class Add implements Callable<Integer> {
        @Parameters(paramLabel = "DIR", description = "Holds target.yaml and the files it names.")
        @SuppressWarnings("NullAway.Init")
        private Path directory;

        @Mixin
        @SuppressWarnings("NullAway.Init")
        private ServerOption server;

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            PrintWriter out = spec.commandLine().getOut();
            JsonNode target = server.client().addTarget(directory);
            out.println(
                    target.path("name").asString() + ", " + target.path("size").asLong() + " bytes:");
            out.println(target.path("id").asString());
            return 0;
        }
    }

    @Command(name = "list", description = "Lists the targets on the server, newest first: id and name.")
    static final class ListAll implements Callable<Integer> {
        @Mixin
        @SuppressWarnings("NullAway.Init")
        private ServerOption server;

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            for (JsonNode target : server.client().list("/targets")) {
                spec.commandLine()
                        .getOut()
                        .println(target.path("id").asString() + "  "
                                + target.path("name").asString());
            }
            return 0;
        }
    }
}
