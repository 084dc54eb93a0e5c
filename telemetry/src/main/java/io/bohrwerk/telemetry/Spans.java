package io.bohrwerk.telemetry;

import io.bohrwerk.protocol.InvalidInputException;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The spans of a process, sent to a collector by OTLP over HTTP, or none at all. Safe for many threads.
 *
 * <p>Spans are gathered and sent by a thread of their own; while the collector is away some thousand wait and further ones are dropped. So
 * nothing here ever fails or waits for the network, but {@link #close}, which waits for a moment.
 */
public final class Spans implements AutoCloseable {
    /** The header of messages and requests that carries a span's name for its children, by W3C's Trace Context. */
    public static final String HEADER = "traceparent";

    private static final String SCOPE = "io.bohrwerk";
    private static final Duration SEND_INTERVAL = Duration.ofSeconds(1);
    private static final Duration EXPORT_LIMIT = Duration.ofSeconds(5);
    private static final long CLOSE_SECONDS = 2;

    private final @Nullable SdkTracerProvider provider;
    private final @Nullable Tracer tracer;

    private Spans(@Nullable SdkTracerProvider provider) {
        this.provider = provider;
        this.tracer = provider == null ? null : provider.get(SCOPE);
    }

    /** Nothing is gathered, and nothing is sent. */
    public static Spans off() {
        return new Spans(null);
    }

    /**
     * @param endpoint the collector's, for spans by HTTP: {@code http://collector:4318/v1/traces}; null or empty for {@link #off}
     * @param headers sent along, for collectors that ask who calls: {@code name=value}, several divided by commas
     * @param service what this process is
     * @param instance which one it is
     * @throws InvalidInputException when the headers are none
     */
    public static Spans to(@Nullable URI endpoint, String headers, String service, String instance) {
        if (endpoint == null || endpoint.toString().isEmpty()) {
            return off();
        }
        OtlpHttpSpanExporterBuilder exporter =
                OtlpHttpSpanExporter.builder().setEndpoint(endpoint.toString()).setTimeout(EXPORT_LIMIT);
        for (String header : headers.isBlank() ? List.<String>of() : List.of(headers.split(","))) {
            int end = header.indexOf('=');
            // Without its value, which may be a password.
            InvalidInputException.require(end > 0, "telemetry.headers", "", "must be name=value, divided by commas");
            exporter.addHeader(
                    header.substring(0, end).strip(), header.substring(end + 1).strip());
        }
        return new Spans(SdkTracerProvider.builder()
                .setResource(Resource.getDefault()
                        .merge(Resource.create(Attributes.of(
                                AttributeKey.stringKey("service.name"), service,
                                AttributeKey.stringKey("service.instance.id"), instance))))
                // Whoever began a trace elsewhere has decided whether it is kept.
                .setSampler(Sampler.parentBased(Sampler.alwaysOn()))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter.build())
                        .setScheduleDelay(SEND_INTERVAL)
                        .setExporterTimeout(EXPORT_LIMIT)
                        .build())
                .build());
    }

    public boolean on() {
        return tracer != null;
    }

    /** Begins a trace, or goes on with one of the caller's. @param parent a {@link #HEADER}; null, or one that is none, for a new trace */
    public Span begin(String name, @Nullable String parent) {
        return tracer == null ? Span.NONE : start(tracer, name, SpanKind.SERVER, parent(parent));
    }

    /** A message on its way out. @param parent a {@link #HEADER}; without one there is no span */
    public Span sending(String name, @Nullable String parent) {
        return under(name, SpanKind.PRODUCER, parent);
    }

    /** What is done with a message that came in. @param parent a {@link #HEADER}; without one there is no span */
    public Span receiving(String name, @Nullable String parent) {
        return under(name, SpanKind.CONSUMER, parent);
    }

    private Span under(String name, SpanKind kind, @Nullable String parent) {
        if (tracer == null || parent == null) {
            return Span.NONE;
        }
        Context context = parent(parent);
        return io.opentelemetry.api.trace.Span.fromContext(context)
                        .getSpanContext()
                        .isValid()
                ? start(tracer, name, kind, context)
                : Span.NONE;
    }

    private static Span start(Tracer tracer, String name, SpanKind kind, Context parent) {
        return new Span(
                tracer,
                tracer.spanBuilder(name).setSpanKind(kind).setParent(parent).startSpan());
    }

    private static Context parent(@Nullable String traceparent) {
        return traceparent == null
                ? Context.root()
                : W3CTraceContextPropagator.getInstance().extract(Context.root(), traceparent, new OneHeader());
    }

    /** Of all headers there is just the one. */
    private static final class OneHeader implements TextMapGetter<String> {
        @Override
        public Iterable<String> keys(String traceparent) {
            return List.of(HEADER);
        }

        @Override
        public @Nullable String get(@Nullable String traceparent, String key) {
            return key.equals(HEADER) ? traceparent : null;
        }
    }

    /** Sends what is left, unless the collector does not take it soon. */
    @Override
    public void close() {
        if (provider != null) {
            provider.shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** A piece of work that takes its time; ends when it is closed. */
    public static final class Span implements AutoCloseable {
        private static final Span NONE = new Span(null, null);
        private static final ThreadLocal<Span> HERE = new ThreadLocal<>();

        private final @Nullable Tracer tracer;
        private final io.opentelemetry.api.trace.@Nullable Span span;

        private Span(@Nullable Tracer tracer, io.opentelemetry.api.trace.@Nullable Span span) {
            this.tracer = tracer;
            this.span = span;
        }

        public Span with(String key, String value) {
            if (span != null) {
                span.setAttribute(key, value);
            }
            return this;
        }

        public Span with(String key, long value) {
            if (span != null) {
                span.setAttribute(key, value);
            }
            return this;
        }

        /** It did not come to its end. @param why one line */
        public void fail(String why) {
            if (span != null) {
                span.setStatus(io.opentelemetry.api.trace.StatusCode.ERROR, why);
            }
        }

        /** The {@link #HEADER} for what follows from it; null when there is no span. */
        public @Nullable String traceparent() {
            if (span == null) {
                return null;
            }
            SpanContext context = span.getSpanContext();
            return "00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                    + context.getTraceFlags().asHex();
        }

        /** Makes it this thread's, until the result is closed; the span goes on then. */
        public Scope here() {
            Span before = HERE.get();
            HERE.set(this);
            return () -> {
                if (before == null) {
                    HERE.remove();
                } else {
                    HERE.set(before);
                }
            };
        }

        /** A part of what this thread does now; nothing where that is not traced. */
        public static Span part(String name) {
            Span whole = HERE.get();
            return whole == null || whole.tracer == null || whole.span == null
                    ? NONE
                    : start(
                            whole.tracer,
                            name,
                            SpanKind.INTERNAL,
                            Context.root().with(whole.span));
        }

        /** The {@link #HEADER} for what follows from what this thread does now; null where that is not traced. */
        public static @Nullable String traceparentHere() {
            Span whole = HERE.get();
            return whole == null ? null : whole.traceparent();
        }

        @Override
        public void close() {
            if (span != null) {
                span.end();
            }
        }
    }

    /** The time in which a thread works at a span. */
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }
}
