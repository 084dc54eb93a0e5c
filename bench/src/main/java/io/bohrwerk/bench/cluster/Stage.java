package io.bohrwerk.bench.cluster;

import io.bohrwerk.client.ApiClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What a play is played on: a cluster, or an all-in-one. */
interface Stage extends AutoCloseable {
    /** What is asked of an API. */
    interface Question<T> {
        T ask(ApiClient client) throws IOException, InterruptedException;
    }

    /** Everything that belongs to it is below. */
    Path directory();

    /** The answer of the first API that gives one, waiting for a while for one to come back. */
    <T> T anyApi(Question<T> question) throws IOException, InterruptedException;

    /** @param path below {@code /api/v1} */
    default JsonNode get(String path) throws IOException, InterruptedException {
        return anyApi(client -> client.get(path));
    }

    /** @param path below {@code /api/v1} */
    default List<JsonNode> list(String path) throws IOException, InterruptedException {
        return anyApi(client -> client.list(path));
    }

    @Override
    void close() throws IOException, InterruptedException;
}
