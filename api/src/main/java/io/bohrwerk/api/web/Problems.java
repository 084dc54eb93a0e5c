package io.bohrwerk.api.web;

import io.bohrwerk.blob.DigestMismatchException;
import io.bohrwerk.blob.NoSuchBlobException;
import io.bohrwerk.blob.StoreFullException;
import io.bohrwerk.mergedlog.DamagedLogIndexException;
import io.bohrwerk.protocol.InvalidInputException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Every error as {@code application/problem+json} (RFC 9457), in words that help the caller. */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    @ExceptionHandler
    ProblemDetail invalid(InvalidInputException e) {
        return invalid(e.field(), e.value(), e.rule(), e.getMessage());
    }

    @ExceptionHandler
    ProblemDetail invalid(MethodArgumentTypeMismatchException e) {
        Class<?> type = e.getRequiredType();
        String rule = type == UUID.class ? "must be a UUID" : "must be a number";
        String value = String.valueOf(e.getValue());
        return invalid(e.getName(), value, rule, e.getName() + ": '" + value + "' " + rule);
    }

    @ExceptionHandler
    ProblemDetail notFound(NotFoundException e) {
        return problem(HttpStatus.NOT_FOUND, e.getMessage());
    }

    @ExceptionHandler
    ProblemDetail refused(RefusedException e, HttpServletResponse response) {
        if (e.retryAfter() != null) {
            response.setHeader(
                    HttpHeaders.RETRY_AFTER, Long.toString(e.retryAfter().toSeconds()));
        }
        ProblemDetail problem = problem(e.status(), e.getMessage());
        if (e.field() != null) {
            problem.setProperty("field", e.field());
        }
        if (e.getCause() instanceof InvalidInputException invalid) {
            problem.setProperty("value", invalid.value());
            problem.setProperty("rule", invalid.rule());
        }
        return problem;
    }

    @ExceptionHandler
    ProblemDetail mismatch(DigestMismatchException e) {
        return problem(HttpStatus.UNPROCESSABLE_CONTENT, e.getMessage());
    }

    @ExceptionHandler
    ProblemDetail full(StoreFullException e) {
        LOG.error("the blob store is full: {}", e.getMessage());
        return problem(
                HttpStatus.INSUFFICIENT_STORAGE, "the blob store is full; nothing was kept of this: " + e.getMessage());
    }

    @ExceptionHandler
    ProblemDetail gone(NoSuchBlobException e) {
        LOG.error("a blob that the database knows is not in the store: {}", e.getMessage());
        return problem(HttpStatus.GONE, "the bytes are no longer in the blob store: " + e.getMessage());
    }

    @ExceptionHandler
    ProblemDetail damaged(DamagedLogIndexException e) {
        LOG.error("a merged log's index cannot be used: {}", e.getMessage());
        return problem(
                HttpStatus.INTERNAL_SERVER_ERROR,
                e.getMessage() + "; the log itself can still be downloaded as a whole");
    }

    /** @throws DamagedBlobException again, once bytes are on their way: then the server ends the connection */
    @ExceptionHandler
    ProblemDetail damaged(DamagedBlobException e, HttpServletResponse response) throws DamagedBlobException {
        LOG.error("{}", e.getMessage());
        if (response.isCommitted()) {
            throw e;
        }
        return problem(HttpStatus.INTERNAL_SERVER_ERROR, e.getMessage());
    }

    /** Any other trouble of the blob store, or a client that went away while bytes were on their way to it. */
    @ExceptionHandler
    @Nullable
    ProblemDetail storeAway(IOException e, HttpServletResponse response) {
        if (response.isCommitted()) {
            LOG.debug("an answer broke off", e);
            return null;
        }
        LOG.error("the blob store does not answer", e);
        return problem(HttpStatus.SERVICE_UNAVAILABLE, "the blob store does not answer; try again");
    }

    /** Two requests, or a request and a report, changed the same thing at once: one of them is to come again. */
    @ExceptionHandler
    ProblemDetail changedMeanwhile(OptimisticLockingFailureException e) {
        LOG.info("a request met another change: {}", e.toString());
        return problem(HttpStatus.CONFLICT, "it was changed by somebody else at the same moment; try again");
    }

    @ExceptionHandler({
        DataAccessResourceFailureException.class,
        TransientDataAccessException.class,
        CannotCreateTransactionException.class
    })
    ProblemDetail databaseAway(Exception e) {
        LOG.error("the database does not answer", e);
        return problem(HttpStatus.SERVICE_UNAVAILABLE, "the database does not answer; try again");
    }

    @ExceptionHandler
    ProblemDetail unexpected(RuntimeException e) {
        LOG.error("a request failed", e);
        return problem(HttpStatus.INTERNAL_SERVER_ERROR, "something went wrong in Bohrwerk; its log says what");
    }

    private static ProblemDetail invalid(String field, String value, String rule, @Nullable String message) {
        ProblemDetail problem = problem(HttpStatus.BAD_REQUEST, message);
        problem.setTitle("Invalid input");
        problem.setProperty("field", field);
        problem.setProperty("value", value);
        problem.setProperty("rule", rule);
        return problem;
    }

    private static ProblemDetail problem(HttpStatusCode status, @Nullable String detail) {
        return ProblemDetail.forStatusAndDetail(status, detail);
    }
}
