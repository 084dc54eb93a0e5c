package io.bohrwerk.cli.command;

import io.bohrwerk.client.LinuxTarget;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.target.TargetBundle;
import io.bohrwerk.server.StateDirectory;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
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
        description = "Builds, checks, uploads and lists targets.",
        subcommands = {
            TargetCommand.Build.class,
            TargetBuildLinuxCommand.class,
            TargetCheckCommand.class,
            TargetCommand.Add.class,
            TargetCommand.ListAll.class,
            TargetCommand.Show.class,
            TargetCommand.Export.class,
            TargetCommand.Remove.class
        })
public final class TargetCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "say one of: target " + String.join(", ", spec.subcommands().keySet()));
    }

    @Command(
            name = "build",
            description = "Builds a target from Debian packages. The last line is its directory, or with --add its id.")
    static final class Build implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", description = "Available: linux-breakpoint")
        @SuppressWarnings("NullAway.Init")
        private String name;

        @Option(
                names = "--to",
                paramLabel = "DIR",
                description = "Directory to create it in. Default: the state directory")
        private @Nullable Path to;

        @Option(names = "--add", description = "Also upload it.")
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

    @Command(name = "add", description = "Uploads a target. The last line is its id.")
    static final class Add implements Callable<Integer> {
        @Parameters(paramLabel = "DIR", description = "Directory with target.yaml and the files it names.")
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
                    target.path("name").asString() + ", " + target.path("size").asLong() + " bytes, "
                            + check(target.path("check").path("state").asString()) + ":");
            out.println(target.path("id").asString());
            return 0;
        }
    }

    /** @param state empty for none */
    private static String check(String state) {
        return switch (state) {
            case "" -> "not checked";
            case "COMPLETED" -> "checked";
            case "ERROR" -> "its check failed";
            default -> "a worker checks it, and its jobs wait for that";
        };
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

    @Command(name = "show", description = "Prints a target's manifest and its files, as JSON.")
    static final class Show implements Callable<Integer> {
        @Parameters(paramLabel = "TARGET", description = "The target's id, or its first digits.")
        @SuppressWarnings("NullAway.Init")
        private String target;

        @Mixin
        @SuppressWarnings("NullAway.Init")
        private ServerOption server;

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            spec.commandLine()
                    .getOut()
                    .println(server.client().get("/targets/" + target).toPrettyString());
            return 0;
        }
    }

    @Command(name = "export", description = "Downloads a target's files, checks them and prints their paths.")
    static final class Export implements Callable<Integer> {
        @Parameters(paramLabel = "TARGET", description = "The target's id, or its first digits.")
        @SuppressWarnings("NullAway.Init")
        private String target;

        @Option(
                names = "--to",
                required = true,
                paramLabel = "DIR",
                description = "Output directory; created if missing.")
        @SuppressWarnings("NullAway.Init")
        private Path to;

        @Mixin
        @SuppressWarnings("NullAway.Init")
        private ServerOption server;

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            Path directory = Files.createDirectories(to.toAbsolutePath());
            JsonNode files = server.client().get("/targets/" + target).path("files");
            SortedMap<String, Digest> digests = new TreeMap<>();
            for (JsonNode file : files) {
                digests.put(
                        file.path("name").asString(),
                        new Digest(file.path("digest").asString()));
            }
            // Names from elsewhere become paths here.
            SortedMap<String, Digest> checked = new TargetBundle(digests).files();
            for (JsonNode file : files) {
                String name = file.path("name").asString();
                Path path = directory.resolve(name);
                server.client()
                        .download(
                                file.path("url").asString(),
                                InvalidInputException.present(checked.get(name), name),
                                path);
                spec.commandLine().getOut().println(path);
            }
            return 0;
        }
    }

    @Command(name = "remove", description = "Removes a target. Refused if it has jobs.")
    static final class Remove implements Callable<Integer> {
        @Parameters(paramLabel = "TARGET", description = "The target's id, or its first digits.")
        @SuppressWarnings("NullAway.Init")
        private String target;

        @Mixin
        @SuppressWarnings("NullAway.Init")
        private ServerOption server;

        @Override
        public Integer call() throws Exception {
            server.client().delete("/targets/" + target);
            return 0;
        }
    }
}
