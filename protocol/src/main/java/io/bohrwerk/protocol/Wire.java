package io.bohrwerk.protocol;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Messages between our own processes, as versioned JSON.
 *
 * <p>Every message carries {@code version}. A reader takes the versions it knows and refuses newer ones; fields it does not know are
 * ignored, so that a field can be added without a new version while old and new processes run side by side.
 */
public final class Wire {
    /** The version that this code writes, and the newest it reads. */
    public static final int VERSION = 1;

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private Wire() {}

    public static byte[] write(Object message) {
        return JSON.writeValueAsBytes(message);
    }

    /** @throws InvalidInputException when the bytes are no such message, or of a version that is not known here */
    public static <T> T read(byte[] bytes, Class<T> type) {
        try {
            return InvalidInputException.present(JSON.readValue(bytes, type), "");
        } catch (JacksonException e) {
            throw Documents.explain(e, tree(bytes));
        }
    }

    private static @Nullable JsonNode tree(byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (JacksonException e) {
            return null;
        }
    }

    /** As {@link #write}, as text. */
    public static String writeText(Object message) {
        return new String(write(message), StandardCharsets.UTF_8);
    }

    /** For the constructors of messages. */
    public static void requireKnown(int version) {
        InvalidInputException.require(
                version >= 1 && version <= VERSION,
                "version",
                version,
                "must be a version known here: 1 to " + VERSION);
    }
}
