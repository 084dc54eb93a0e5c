package io.bohrwerk.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinePatternTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "login:          | debian login: | true",
                "^login:         | debian login: | false",
                "^login:         | login: | true",
                "a*b*end         | aXbYend | true",
                "a*b*end         | aXend | false",
                "a**end          | a-end | true",
                "at {f}+0x       | at +0x12 | false",
                "at {f}+0x       | at x at y+0x12 | true",
                "^*end           | the end | true",
                "db{0}>          | db{0}> | true",
                "state:*         | state: | true",
            })
    void matches(String pattern, String line, boolean expected) {
        assertThat(LinePattern.parse(pattern).matches(line)).isEqualTo(expected);
    }

    @Test
    void keepsWhatIsNamed() {
        assertThat(LinePattern.parse("BUG: {bug...} in {where}+0x")
                        .match("[1] BUG: use after free in kfree.part.0+0x12/0x20"))
                .contains(Map.of("bug", "use after free", "where", "kfree.part.0"));
        assertThat(LinePattern.parse("panic: {why...}").match("panic: no coffee"))
                .contains(Map.of("why", "no coffee"));
        assertThat(LinePattern.parse("^{file...} is bad").match("x.c:1 is bad")).contains(Map.of("file", "x.c:1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a*b           | must hold at least 3 characters",
                "{a}{b}*       | must hold at least 3 characters",
                "abc{n} {n}    | must not use the name n twice",
                "pänic         | must be 1 to 200 characters of printable ASCII",
            })
    void refuses(String pattern, String rule) {
        assertThatThrownBy(() -> LinePattern.parse(pattern))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(rule);
    }

    /** What would cost a backtracking matcher the age of the universe is over at once. */
    @Test
    void costsTheProductOfTheLengthsAtMost() {
        String line = "a".repeat(16 << 10);
        assertThat(LinePattern.parse("a*a*a*a*a*a*a*a*a*a*a*a*a*b").matches(line))
                .isFalse();
        assertThat(LinePattern.parse("{a}{b}{c}{d}{e}aab").matches(line)).isFalse();
        assertThat(LinePattern.parse("aaa{a...}aaa{b...}aaa{c...}aaab").matches(line))
                .isFalse();
    }
}
