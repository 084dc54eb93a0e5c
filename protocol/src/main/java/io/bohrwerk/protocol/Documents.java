package io.bohrwerk.protocol;

import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Documents that people write, YAML or JSON, into records. Strict: an unknown field, a wrong type, a repeated key or a missing value is
 * an {@link InvalidInputException} that names the field, the value and the rule.
 */
public final class Documents {
    private static final JsonMapper JSON = strict(JsonMapper.builder());
    private static final YAMLMapper YAML = strict(YAMLMapper.builder());

    private Documents() {}

    public static <T> T fromYaml(String text, Class<T> type) {
        return read(YAML, text, type);
    }

    public static <T> T fromJson(String text, Class<T> type) {
        return read(JSON, text, type);
    }

    public static String toYaml(Object document) {
        return YAML.writeValueAsString(document);
    }

    private static <T> T read(ObjectMapper mapper, String text, Class<T> type) {
        try {
            T value = mapper.readValue(text, type);
            if (value == null) {
                throw new InvalidInputException("", "", "must not be empty");
            }
            return value;
        } catch (JacksonException e) {
            throw explain(e);
        }
    }

    /** What is wrong with a document, in the user's terms. */
    public static InvalidInputException explain(JacksonException e) {
        String path = path(e);
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidInputException invalid) {
                return invalid.under(path);
            }
        }
        if (e instanceof UnrecognizedPropertyException unknown) {
            String known = unknown.getKnownPropertyIds() == null
                    ? ""
                    : unknown.getKnownPropertyIds().stream()
                            .map(String::valueOf)
                            .sorted()
                            .collect(Collectors.joining(", "));
            return new InvalidInputException(
                    path, unknown.getPropertyName(), "is not a known field here; known are " + known);
        }
        if (e instanceof InvalidFormatException format) {
            return new InvalidInputException(path, format.getValue(), "must be " + described(format.getTargetType()));
        }
        if (e instanceof MismatchedInputException mismatch) {
            return new InvalidInputException(
                    path, "", "is missing or of the wrong type; must be " + described(mismatch.getTargetType()));
        }
        return new InvalidInputException(path, e.getOriginalMessage(), "must be well-formed");
    }

    private static String path(JacksonException e) {
        if (!(e instanceof DatabindException)) {
            return "";
        }
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference step : e.getPath()) {
            if (step.getPropertyName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        return path.toString();
    }

    private static String described(@org.jspecify.annotations.Nullable Class<?> type) {
        if (type == null) {
            return "another type";
        }
        if (type.isEnum()) {
            return java.util.Arrays.stream(type.getEnumConstants())
                    .map(constant -> ((Enum<?>) constant).name().toLowerCase(java.util.Locale.ROOT))
                    .collect(Collectors.joining(", ", "one of ", ""));
        }
        if (type == int.class || type == long.class || type == Integer.class || type == Long.class) {
            return "a whole number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == String.class || type == VirtualTime.class || type == ByteSize.class || type == Digest.class) {
            return "a text";
        }
        return java.util.Collection.class.isAssignableFrom(type) ? "a list" : "a group of fields";
    }

    private static <M extends ObjectMapper, B extends tools.jackson.databind.cfg.MapperBuilder<M, B>> M strict(
            B builder) {
        return builder.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(tools.jackson.core.StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .withCoercionConfig(
                        LogicalType.Integer, c -> c.setCoercion(CoercionInputShape.String, CoercionAction.Fail))
                .withCoercionConfig(
                        LogicalType.Textual,
                        c -> c.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .build();
    }
}
