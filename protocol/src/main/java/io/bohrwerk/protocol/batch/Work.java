package io.bohrwerk.protocol.batch;

import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.Wire;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work for a worker, as a message on {@link Topics#BATCHES}.
 *
 * <p>A further kind takes a file with its messages here, a runner and its row in the worker's table of kinds, and a handler of its reports in
 * the API.
 */
public interface Work {
    /** Of the message. */
    int version();

    /** The kind of work: one lower-case word, which the message carries as {@code type}. */
    String kind();

    /** Of the work; with {@link #attempt} it tells copies of a message apart. */
    UUID id();

    /** From 1; counts infrastructure retries. */
    int attempt();

    /** The job that it is done for; null for work that belongs to no job. */
    @Nullable
    UUID jobId();

    /** Work and reports with the same key stay in order. */
    String key();

    /** All that is read of a message before its kind is known. */
    record Envelope(int version, @Nullable String type) {}

    /**
     * The kind of a message. One without a type is a batch: the first version knew nothing else.
     *
     * @throws InvalidInputException when the bytes are no message of ours
     */
    static String kindOf(byte[] message) {
        String type = Wire.read(message, Envelope.class).type();
        return type == null ? BatchRequest.KIND : type;
    }
}
