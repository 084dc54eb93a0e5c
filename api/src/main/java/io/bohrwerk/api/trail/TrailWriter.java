package io.bohrwerk.api.trail;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Writes the trail, for all addresses from one place: before the first transaction of a request that changes something commits, its act is
 * added to that transaction. So there is no act without its row, and no row of an act that was rolled back. A request that succeeds
 * without a transaction of its own, as one that only deletes blobs does, gets its row at its end.
 */
@Component
class TrailWriter implements TransactionExecutionListener, HandlerInterceptor, WebMvcConfigurer {
    private static final Logger LOG = LoggerFactory.getLogger(TrailWriter.class);
    private static final int FIRST_ERROR = 400;

    /** Asked for late: what it needs needs the transactions that this listens to. */
    private final ObjectProvider<Trail> trail;

    TrailWriter(ObjectProvider<Trail> trail) {
        this.trail = trail;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this);
    }

    /** What a request remembers of its row. @param committed whether nothing takes it back any more */
    private record Row(long position, boolean committed) {
        private static final String ATTRIBUTE = Row.class.getName();

        static @Nullable Row ofRequest() {
            RequestAttributes request = RequestContextHolder.getRequestAttributes();
            return request == null ? null : (Row) request.getAttribute(ATTRIBUTE, RequestAttributes.SCOPE_REQUEST);
        }

        void remember() {
            RequestContextHolder.currentRequestAttributes()
                    .setAttribute(ATTRIBUTE, this, RequestAttributes.SCOPE_REQUEST);
        }

        void forget() {
            RequestContextHolder.currentRequestAttributes().removeAttribute(ATTRIBUTE, RequestAttributes.SCOPE_REQUEST);
        }
    }

    @Override
    public void beforeCommit(TransactionExecution transaction) {
        if (!transaction.isReadOnly() && Row.ofRequest() == null) {
            Act.current().ifPresent(act -> new Row(trail.getObject().add(act), false).remember());
        }
    }

    @Override
    public void afterCommit(TransactionExecution transaction, @Nullable Throwable failure) {
        Row row = Row.ofRequest();
        if (row == null || row.committed() || transaction.isReadOnly()) {
            return;
        }
        if (failure == null) {
            new Row(row.position(), true).remember();
        } else {
            row.forget();
        }
    }

    /** A commit that fails before the database hears of it, for example of what JPA had yet to write. */
    @Override
    public void afterRollback(TransactionExecution transaction, @Nullable Throwable failure) {
        Row row = Row.ofRequest();
        if (row != null && !row.committed()) {
            row.forget();
        }
    }

    /** After errors, too, were answered. */
    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception e) {
        int status = response.getStatus();
        try {
            Row row = Row.ofRequest();
            if (row == null && status < FIRST_ERROR) {
                row = Act.of(request)
                        .map(act -> new Row(trail.getObject().add(act), true))
                        .orElse(null);
            }
            if (row != null) {
                trail.getObject().answered(row.position(), status, made(response));
            }
        } catch (RuntimeException unwritten) {
            // The caller has been answered by now, and the act is in the trail without its answer.
            LOG.error(
                    "the audit trail does not say how {} {} was answered ({})",
                    request.getMethod(),
                    request.getRequestURI(),
                    status,
                    unwritten);
        }
    }

    /** The last part of the address of what was made. */
    private static @Nullable String made(HttpServletResponse response) {
        String location = response.getHeader("Location");
        return location == null ? null : location.substring(location.lastIndexOf('/') + 1);
    }
}
