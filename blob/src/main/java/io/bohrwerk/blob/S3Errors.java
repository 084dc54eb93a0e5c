package io.bohrwerk.blob;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Set;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What an S3 service, or the way to it, says when something fails. */
final class S3Errors {
    private static final int NOT_FOUND = 404;
    private static final int PRECONDITION_FAILED = 412;
    private static final int CONFLICT = 409;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int INSUFFICIENT_STORAGE = 507;

    /** Services of one's own have disks that fill, and each its own word for it: MinIO, Ceph, Garage and others. */
    private static final Set<String> FULL = Set.of(
            "XMinioStorageFull",
            "XMinioAdminBucketQuotaExceeded",
            "InsufficientStorage",
            "InsufficientCapacity",
            "QuotaExceeded",
            "StorageFull");

    private S3Errors() {}

    static boolean notFound(S3Exception e) {
        return e.statusCode() == NOT_FOUND;
    }

    /** The conditional request met an object, or another conditional request for it that is still going on. */
    static boolean taken(S3Exception e) {
        return e.statusCode() == PRECONDITION_FAILED || e.statusCode() == CONFLICT;
    }

    static boolean pastTheEnd(S3Exception e) {
        return e.statusCode() == RANGE_NOT_SATISFIABLE;
    }

    /** @param doing what was tried, for people: {@code storing ab12…} */
    static IOException explain(String doing, S3Settings settings, SdkException e) {
        String where = doing + " in " + settings + " failed: ";
        if (e instanceof AbortedException) {
            InterruptedIOException interrupted = new InterruptedIOException(where + "interrupted");
            interrupted.initCause(e);
            return interrupted;
        }
        if (!(e instanceof S3Exception answer)) {
            return new IOException(where + e.getMessage(), e);
        }
        String code =
                answer.awsErrorDetails() == null || answer.awsErrorDetails().errorCode() == null
                        ? ""
                        : answer.awsErrorDetails().errorCode();
        String text =
                where + "HTTP " + answer.statusCode() + (code.isEmpty() ? "" : " " + code) + ", " + answer.getMessage();
        return answer.statusCode() == INSUFFICIENT_STORAGE || FULL.contains(code)
                ? new StoreFullException(text, e)
                : new IOException(text, e);
    }
}
