package io.bohrwerk.protocol;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.target.TargetManifest;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents that mean harm, or nothing. */
class DocumentsTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(20);

    @Test
    void refusesABombOfAliases() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 30; i++) {
            String before = "*a" + (i - 1);
            bomb.append("a" + i + ": &a" + i + " [" + (before + ", ").repeat(8) + before + "]\n");
        }
        refused(bomb.toString(), "alias");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{a: ", "- ", "? ", "!!x ", "&a ", "\"", "'", "a: |\n ", "# "})
    void refusesEndlessRepetition(String piece) {
        String text = piece.repeat((Documents.LONGEST_DOCUMENT - 10) / piece.length());
        Assertions.assertTimeoutPreemptively(
                AT_ONCE,
                () -> assertThatThrownBy(() -> TargetManifest.parse(text)).isInstanceOf(InvalidInputException.class));
    }

    @Test
    void refusesADocumentThatIsTooLong() {
        refused("name: " + "x".repeat(Documents.LONGEST_DOCUMENT), "at most 1048576 characters");
    }

    @Test
    void refusesDeepNestingInJsonToo() {
        assertThatThrownBy(() -> Documents.fromJson("{\"boot\":".repeat(1000), TargetManifest.class))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("nested at most 20 deep");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "null", "# nothing", "---"})
    void refusesNothing(String text) {
        refused(text, "document: must not be empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a: b: c", "{", "name: 'open", "\tname: x", "%YAML 9.9\n---\nname: x", "name: \u0000"})
    void pointsToTheLineOfWhatIsNotWellFormed(String text) {
        refused(text, "document: must be well-formed; line 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"just words", "[]", "1"})
    void refusesWhatIsNoGroupOfFields(String text) {
        refused(text, "must be a group of fields");
    }

    @Test
    void refusesASecondDocument() {
        refused(
                "{name: n, machine: {arch: i386, memory: 4MiB}, boot: {kernel: k}, test: {}}\n---\nname: x\n",
                "document: ");
    }

    private static void refused(String text, String inMessage) {
        Assertions.assertTimeoutPreemptively(
                AT_ONCE,
                () -> assertThatThrownBy(() -> TargetManifest.parse(text))
                        .isInstanceOf(InvalidInputException.class)
                        .hasMessageContaining(inMessage));
    }
}
