package io.bohrwerk.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Input that breaks a rule. Says which field, which value and which rule, so that the user can mend it without reading our code.
 */
public final class InvalidInputException extends IllegalArgumentException {
    private static final int LONGEST_SHOWN_VALUE = 120;

    private final String field;
    private final String value;
    private final String rule;

    /**
     * @param field dotted path of the field, for example {@code machine.memory}; empty for the document as a whole
     * @param value the offending value; long ones are cut
     * @param rule what a valid value looks like, as a sentence without a subject: {@code must be between 0 and 10}
     */
    public InvalidInputException(String field, Object value, String rule) {
        this(field, shown(String.valueOf(value)), rule, null);
    }

    private InvalidInputException(String field, String value, String rule, @Nullable Throwable cause) {
        super(
                (field.isEmpty() ? "document" : field) + ": " + (value.isEmpty() ? "" : "'" + value + "' ") + rule,
                cause);
        this.field = field;
        this.value = value;
        this.rule = rule;
    }

    /** The same complaint about a field one level further down. */
    InvalidInputException under(String parent) {
        if (parent.isEmpty()) {
            return this;
        }
        String path =
                field.isEmpty() || parent.equals(field) || parent.endsWith("." + field) ? parent : parent + "." + field;
        return new InvalidInputException(path, value, rule, this);
    }

    public String field() {
        return field;
    }

    public String value() {
        return value;
    }

    public String rule() {
        return rule;
    }

    /** Throws unless the condition holds. */
    public static void require(boolean condition, String field, Object value, String rule) {
        if (!condition) {
            throw new InvalidInputException(field, value, rule);
        }
    }

    /** The value, which must be there: JSON leaves out what the user left out. */
    public static <T> T present(@Nullable T value, String field) {
        if (value == null) {
            throw new InvalidInputException(field, "", field.isEmpty() ? "must not be empty" : "is missing");
        }
        return value;
    }

    private static String shown(String value) {
        String printable = value.codePoints()
                .map(c -> Character.isISOControl(c) ? '�' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return printable.length() <= LONGEST_SHOWN_VALUE
                ? printable
                : printable.substring(0, LONGEST_SHOWN_VALUE) + "…";
    }
}
