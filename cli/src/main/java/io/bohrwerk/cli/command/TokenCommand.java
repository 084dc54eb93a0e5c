package io.bohrwerk.cli.command;

import io.bohrwerk.client.ApiClient;
import java.io.PrintWriter;
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
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Who may call the server. */
@Command(
        name = "token",
        description = "Creates, lists and revokes API tokens.",
        subcommands = {TokenCommand.Create.class, TokenCommand.ListAll.class, TokenCommand.Revoke.class})
public final class TokenCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "say one of: token " + String.join(", ", spec.subcommands().keySet()));
    }

    @Command(
            name = "create",
            description =
                    "Creates a token; the last line is its secret. It is not shown again: the server stores only a hash.")
    static final class Create implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", description = "What it is for, or who uses it.")
        @SuppressWarnings("NullAway.Init")
        private String name;

        @Option(
                names = "--scope",
                required = true,
                paramLabel = "read|submit|admin",
                description = "read: view; submit: also upload, submit, cancel, triage; admin: also manage tokens.")
        @SuppressWarnings("NullAway.Init")
        private String scope;

        @Option(names = "--days", description = "Days until it expires. Default: 90")
        private @Nullable Integer days;

        @Option(
                names = "--running-jobs",
                paramLabel = "N",
                description = "Limit on its unfinished jobs. Default: the server's")
        private @Nullable Integer runningJobs;

        @Option(
                names = "--iterations",
                paramLabel = "N",
                description = "Limit on the total budget of its unfinished jobs. Default: the server's")
        private @Nullable Long iterations;

        @Mixin
        @SuppressWarnings("NullAway.Init")
        private ServerOption server;

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            ObjectNode request = JsonNodeFactory.instance.objectNode();
            request.put("name", name).put("scope", scope);
            if (days != null) {
                request.put("days", days);
            }
            if (runningJobs != null) {
                request.put("mostRunningJobs", runningJobs);
            }
            if (iterations != null) {
                request.put("mostIterations", iterations);
            }
            JsonNode made = server.client().post("/tokens", request);
            PrintWriter out = spec.commandLine().getOut();
            out.println("token " + made.path("id").asString() + " '" + name + "' (" + scope + "), until "
                    + made.path("expiresAt").asString() + ":");
            out.println(made.path("token").asString());
            return 0;
        }
    }

    @Command(name = "list", description = "Lists the tokens, newest first: id, scope, state, expiry, name.")
    static final class ListAll implements Callable<Integer> {
        @Mixin
        @SuppressWarnings("NullAway.Init")
        private ServerOption server;

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            PrintWriter out = spec.commandLine().getOut();
            for (JsonNode token : server.client().list("/tokens")) {
                boolean revoked = !token.path("revokedAt").isNull();
                String state = token.path("valid").asBoolean() ? "valid" : revoked ? "revoked" : "expired";
                out.printf(
                        "%s  %-6s  %-7s  %s  %s%n",
                        token.path("id").asString(),
                        token.path("scope").asString(),
                        state,
                        token.path("expiresAt").asString(),
                        token.path("name").asString());
            }
            return 0;
        }
    }

    @Command(name = "revoke", description = "Revokes a token, effective at once.")
    static final class Revoke implements Callable<Integer> {
        @Parameters(paramLabel = "TOKEN", description = "The token's id, as shown by 'token list'.")
        @SuppressWarnings("NullAway.Init")
        private String token;

        @Mixin
        @SuppressWarnings("NullAway.Init")
        private ServerOption server;

        @Override
        public Integer call() throws Exception {
            ApiClient client = server.client();
            client.delete("/tokens/" + token);
            return 0;
        }
    }
}
