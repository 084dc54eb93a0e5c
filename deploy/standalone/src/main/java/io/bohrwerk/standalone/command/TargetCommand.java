package io.bohrwerk.standalone.command;

import io.bohrwerk.standalone.LinuxTarget;
import io.bohrwerk.standalone.client.ApiClient;
import io.bohrwerk.standalone.server.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
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
@Command(name = "target", description = "Builds, uploads and lists targets.")
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
    void build(
            @Parameters(paramLabel = "NAME", description = "There is: linux-breakpoint") String name,
            @Option(
                            names = "--to",
                            paramLabel = "DIR",
                            description = "Where its directory is made. Default: the state directory")
                    @Nullable
                    Path to,
            @Option(names = "--add", description = "Upload it, too.") boolean add,
            @Mixin ServerOption server)
            throws IOException, InterruptedException {
        StateDirectory state = StateDirectory.ofEnvironment();
        Path target = LinuxTarget.build(
                name,
                to == null ? state.targets() : to.toAbsolutePath(),
                state.path(),
                spec.commandLine().getErr()::println);
        print(add ? server.client().addTarget(target).path("id").asString() : target.toString());
    }

    @Command(name = "add", description = "Uploads a target. Prints its id last.")
    void add(
            @Parameters(paramLabel = "DIR", description = "Holds target.yaml and the files it names.") Path directory,
            @Mixin ServerOption server)
            throws IOException, InterruptedException {
        JsonNode target = server.client().addTarget(directory);
        print(target.path("name").asString() + ", " + target.path("size").asLong() + " bytes:");
        print(target.path("id").asString());
    }

    @Command(name = "list", description = "Lists the targets on the server, newest first: id and name.")
    void list(@Mixin ServerOption server) throws IOException, InterruptedException {
        ApiClient api = server.client();
        for (JsonNode target : api.list("/targets")) {
            print(target.path("id").asString() + "  " + target.path("name").asString());
        }
    }

    private void print(String line) {
        spec.commandLine().getOut().println(line);
    }
}
