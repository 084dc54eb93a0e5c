package io.bohrwerk.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private final StringWriter printed = new StringWriter();
    private final PrintWriter out = new PrintWriter(printed);

    @Test
    void aTerminalHasOneLineThatIsRedrawn() {
        ProgressLine line = new ProgressLine(out, 24, "first: ");
        line.show("1s: 10 iterations");
        line.show("2s: 20 iterations, 3 failures");
        line.keep("3s: 30 iterations");
        line.keep("done");
        assertThat(printed.toString()
                        .replace("\u001b", "ESC")
                        .replace("\r", "CR")
                        .replace("\n", "LF"))
                .isEqualTo("CRESC[Kfirst: 1s: 10 iteration"
                        + "CRESC[Kfirst: 2s: 20 iteration"
                        + "CRESC[Kfirst: 3s: 30 iterationsLF"
                        + "first: doneLF");
    }

    @Test
    void anythingElseGetsPlainLinesNowAndThen() {
        ProgressLine line = new ProgressLine(out, 0, "");
        line.show("at once");
        line.show("again at once");
        line.keep("the end");
        line.clear();
        assertThat(printed).hasToString("the end" + System.lineSeparator());
    }

    @Test
    void whatWasDrawnIsCleared() {
        ProgressLine line = new ProgressLine(out, 80, "");
        line.clear();
        line.show("half");
        line.clear();
        line.clear();
        assertThat(printed).hasToString("\r\u001b[Khalf\r\u001b[K");
    }
}
