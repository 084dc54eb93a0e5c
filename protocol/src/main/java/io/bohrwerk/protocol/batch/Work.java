package io.bohrwerk.protocol.batch;

import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.Wire;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a worker is asked to do; each kind is a message of its own on {@link Topics#BATCHES}. A message says its kind in {@code type};
 * one without is a batch, as the first workers knew no other.
 *
 * <p>A further kind needs a record here, its word in {@link #read}, and a runner in the worker.
 */
public sealed interface Work permits BatchRequest, ReplayRequest, TraceRequest {
    /** Of the message. */
    int version();

    /** Of the work; the pair of id and {@link #attempt} tells copies of a message apart. */
    UUID id();

    /** From 1; counts infrastructure retries. */
    int attempt();

    /** Of any message, only this much is read before its kind is known. */
    record Envelope(@Nullable String type) {}

    /** @throws InvalidInputException when the bytes are no such message */
    static Work read(byte[] message) {
        String type = Wire.read(message, Envelope.class).type();
        if (type == null) {
            return Wire.read(message, BatchRequest.class);
        }
        return switch (type) {
            case ReplayRequest.TYPE -> Wire.read(message, ReplayRequest.class);
            case TraceRequest.TYPE -> Wire.read(message, TraceRequest.class);
            default ->
                throw new InvalidInputException(
                        "type",
                        type,
                        "must be a kind of work known here: " + ReplayRequest.TYPE + " or " + TraceRequest.TYPE);
        };
    }
}
