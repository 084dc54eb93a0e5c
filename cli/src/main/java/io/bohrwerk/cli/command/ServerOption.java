package io.bohrwerk.cli.command;

import io.bohrwerk.client.ApiClient;
import io.bohrwerk.server.StateDirectory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server a command talks to. */
final class ServerOption {
    static final int DEFAULT_PORT = 8080;

    private static final String TOKEN = "BOHRWERK_TOKEN";

    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "URL of the server. Default: the one running in the state directory, else http://localhost:8080")
    private @Nullable URI url;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "File with the token to use. Default: $BOHRWERK_TOKEN, else the one in the state directory")
    private @Nullable Path tokenFile;

    ApiClient client() throws IOException {
        StateDirectory state = StateDirectory.ofEnvironment();
        if (url != null) {
            return new ApiClient(url, token(null));
        }
        return new ApiClient(
                state.running().map(StateDirectory.Running::uri).orElse(URI.create("http://localhost:" + DEFAULT_PORT)),
                token(state));
    }

    /** @param state whose own server is meant; null for another's, which is not to see this one's token */
    private @Nullable String token(@Nullable StateDirectory state) throws IOException {
        if (tokenFile != null) {
            return Files.readString(tokenFile).strip();
        }
        String given = System.getenv(TOKEN);
        if (given != null && !given.isBlank()) {
            return given.strip();
        }
        return state == null ? null : state.token().orElse(null);
    }
}
