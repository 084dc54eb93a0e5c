package io.bohrwerk.api.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.LogWindow;
import io.bohrwerk.protocol.batch.ReplayMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class ReplayOrderTest {
    private static final long FAILING = 17;

    private static LogWindow window(String json) {
        ReplayOrder.Window window = JsonMapper.shared().readValue(json, ReplayOrder.Window.class);
        return new ReplayOrder(ReplayMode.LOG, null, window, null, null).window(FAILING);
    }

    @Test
    void windowsAreReadInThreeForms() {
        assertThat(window("\"all\"")).isEqualTo(LogWindow.all());
        assertThat(window("{\"margin\": 16}")).isEqualTo(LogWindow.margin(16));
        assertThat(window("{\"fromIteration\": 3, \"toIteration\": 5}")).isEqualTo(new LogWindow(3L, 5L, null));
    }

    /** The largest number is a margin like any other, not the word all. */
    @ParameterizedTest
    @ValueSource(longs = {17, Long.MAX_VALUE, -1})
    void aMarginIsWithinTheBatch(long margin) {
        assertThatThrownBy(() -> window("{\"margin\": " + margin + "}"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("window.margin")
                .hasMessageContaining("must be between 0 and 16");
    }
}
