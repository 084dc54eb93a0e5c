package io.bohrwerk.protocol;

import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonPointer;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Documents that people write, YAML or JSON, into records. Strict: an unknown field, a wrong type, a repeated key or a missing value is
 * an {@link InvalidInputException} that names the field, the value and the rule. So is a document of more than
 * {@value #LONGEST_DOCUMENT} characters, one nested deeper than {@value #DEEPEST_NESTING}, and one with YAML's aliases, so that what
 * it costs to read is bounded by what it costs to send.
 */
public final class Documents {
    static final int LONGEST_DOCUMENT = 1 << 20;
    static final int DEEPEST_NESTING = 20;

    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder()
            .maxNestingDepth(DEEPEST_NESTING)
            .maxDocumentLength(LONGEST_DOCUMENT)
            .maxNameLength(1000)
            .maxNumberLength(100)
            .build();
    private static final JsonMapper JSON = strict(JsonMapper.builder(
            JsonFactory.builder().streamReadConstraints(LIMITS).build()));
    private static final YAMLMapper YAML = strict(YAMLMapper.builder(
            YAMLFactory.builder().streamReadConstraints(LIMITS).build()));

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
        InvalidInputException.require(
                text.length() <= LONGEST_DOCUMENT, "", "", "must be at most " + LONGEST_DOCUMENT + " characters long");
        try {
            refuseAliases(mapper, text);
            T value = mapper.readValue(text, type);
            if (value == null) {
                throw new InvalidInputException("", "", "must not be empty");
            }
            return value;
        } catch (JacksonException e) {
            throw explain(e, tree(mapper, text));
        }
    }

    /** The parser would give an alias's own name for the value it stands for. */
    private static void refuseAliases(ObjectMapper mapper, String text) {
        try (JsonParser parser = mapper.createParser(text)) {
            while (parser instanceof YAMLParser yaml && yaml.nextToken() != null) {
                InvalidInputException.require(
                        !yaml.isCurrentAlias(),
                        "",
                        "*" + (yaml.isCurrentAlias() ? yaml.getString() : ""),
                        "must not be used: write the value out instead of an alias");
            }
        }
    }

    private static @Nullable JsonNode tree(ObjectMapper mapper, String text) {
        try {
            return mapper.readTree(text);
        } catch (JacksonException e) {
            return null;
        }
    }

    /** What is wrong with a document, in the user's terms. */
    public static InvalidInputException explain(JacksonException e) {
        return explain(e, null);
    }

    static InvalidInputException explain(JacksonException e, @Nullable JsonNode document) {
        String path = path(e);
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidInputException invalid) {
                return invalid.under(path);
            }
        }
        if (e instanceof UnrecognizedPropertyException unknown) {
            Collection<Object> known = unknown.getKnownPropertyIds();
            return new InvalidInputException(
                    path,
                    "",
                    "is not a known field"
                            + (known == null
                                    ? ""
                                    : known.stream()
                                            .map(String::valueOf)
                                            .sorted()
                                            .collect(Collectors.joining(", ", "; known here are ", ""))));
        }
        if (e instanceof StreamConstraintsException) {
            return new InvalidInputException(
                    path, "", "must be nested at most " + DEEPEST_NESTING + " deep, with short names and numbers");
        }
        JsonNode node = document == null ? null : at(document, e);
        if (node != null && path.isEmpty() && shown(node).isEmpty()) {
            return new InvalidInputException("", "", "must not be empty");
        }
        if (e instanceof InvalidFormatException format) {
            return new InvalidInputException(path, format.getValue(), "must be " + described(format.getTargetType()));
        }
        if (e instanceof MismatchedInputException mismatch) {
            if (node != null && shown(node).isEmpty()) {
                return new InvalidInputException(path, "", "is missing");
            }
            return new InvalidInputException(path, shown(node), "must be " + described(mismatch.getTargetType()));
        }
        if (e instanceof InputCoercionException && e.processor() instanceof JsonParser parser) {
            JsonPointer pointer = parser.streamReadContext().pathAsPointer();
            return new InvalidInputException(
                    pointer.toString().substring(1).replace('/', '.'),
                    document == null ? "" : shown(document.at(pointer)),
                    "is too large a number");
        }
        if (e instanceof DatabindException) {
            return new InvalidInputException(path, shown(node), e.getOriginalMessage());
        }
        return new InvalidInputException(
                "",
                "",
                "must be well-formed; line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ": "
                        + e.getOriginalMessage().lines().findFirst().orElse(""));
    }

    private static JsonNode at(JsonNode document, JacksonException e) {
        JsonNode node = document;
        for (JacksonException.Reference step : e.getPath()) {
            node = step.getPropertyName() == null ? node.path(step.getIndex()) : node.path(step.getPropertyName());
        }
        return node;
    }

    private static String shown(@Nullable JsonNode node) {
        if (node == null || node.isMissingNode() || node.isNull()) {
            return "";
        }
        return node.isValueNode() ? node.asString() : node.toString();
    }

    private static String path(JacksonException e) {
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

    private static String described(@Nullable Class<?> type) {
        if (type == null) {
            return "of another type";
        }
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> JSON.convertValue(constant, String.class))
                    .collect(Collectors.joining(", ", "one of ", ""));
        }
        if (type == int.class || type == long.class || type == Integer.class || type == Long.class) {
            return "a whole number";
        }
        if (type == double.class || type == Double.class) {
            return "a number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == String.class || type == Digest.class || type == LinePattern.class) {
            return "a text";
        }
        if (type == VirtualTime.class || type == ByteSize.class) {
            return "a number with a unit, such as " + (type == ByteSize.class ? "16MiB" : "10s");
        }
        return Collection.class.isAssignableFrom(type) ? "a list" : "a group of fields";
    }

    private static <M extends ObjectMapper, B extends MapperBuilder<M, B>> M strict(B builder) {
        return builder.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
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
