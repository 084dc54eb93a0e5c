package io.bohrwerk.standalone.command;

import io.bohrwerk.standalone.client.ApiClient;
import io.bohrwerk.standalone.server.StateDirectory;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server a command talks to. */
final class ServerOption {
    static final int DEFAULT_PORT = 8080;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The server. Default: what runs in the state directory, else http://localhost:8080")
    private @Nullable URI url;

    ApiClient client() throws IOException {
        if (url != null) {
            return new ApiClient(url);
        }
        return new ApiClient(StateDirectory.ofEnvironment()
                .running()
                .map(StateDirectory.Running::uri)
                .orElse(URI.create("http://localhost:" + DEFAULT_PORT)));
    }
}
