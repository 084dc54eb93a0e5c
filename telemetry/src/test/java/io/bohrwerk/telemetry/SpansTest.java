package io.bohrwerk.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.InvalidInputException;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** What hangs below what. That a collector gets it is seen where a whole job runs. */
class SpansTest {
    /** Nobody listens there; spans are dropped. */
    private static final URI NOWHERE = URI.create("http://127.0.0.1:1/v1/traces");

    private static final String PARENT = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";

    @Test
    void withoutACollectorThereAreNone() {
        for (Spans off :
                new Spans[] {Spans.off(), Spans.to(null, "", "s", "i"), Spans.to(URI.create(""), "", "s", "i")}) {
            try (off;
                    Spans.Span span = off.begin("submit", PARENT);
                    Spans.Scope here = span.here()) {
                assertThat(off.on()).isFalse();
                assertThat(span.traceparent()).isNull();
                assertThat(Spans.Span.traceparentHere()).isNull();
                assertThat(Spans.Span.part("run").traceparent()).isNull();
            }
        }
    }

    @Test
    void aMessageWithoutATraceHasNone() {
        try (Spans spans = Spans.to(NOWHERE, "", "s", "i")) {
            assertThat(spans.receiving("batch", null).traceparent()).isNull();
            assertThat(spans.receiving("batch", "rubbish").traceparent()).isNull();
            assertThat(spans.begin("submit", "rubbish").traceparent()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
        }
    }

    @Test
    void partsBelongToWhatTheThreadDoes() {
        try (Spans spans = Spans.to(NOWHERE, "a=b,c=d=e", "s", "i")) {
            Spans.Span batch = spans.receiving("batch", PARENT);
            assertThat(batch.traceparent()).startsWith(PARENT.substring(0, 36)).isNotEqualTo(PARENT);
            try (Spans.Scope here = batch.here();
                    Spans.Span run = Spans.Span.part("run")) {
                assertThat(run.traceparent())
                        .startsWith(PARENT.substring(0, 36))
                        .isNotEqualTo(batch.traceparent());
                assertThat(Spans.Span.traceparentHere()).isEqualTo(batch.traceparent());
            }
            assertThat(Spans.Span.traceparentHere()).isNull();
            batch.close();
        }
    }

    @Test
    void headersThatAreNoneAreRefusedWithoutTellingThem() {
        assertThatThrownBy(() -> Spans.to(NOWHERE, "secret", "s", "i"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("name=value")
                .hasMessageNotContaining("secret");
    }
}
