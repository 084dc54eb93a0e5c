package io.bohrwerk.protocol.batch;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Ties a report to the attempt that it reports on. A message with work carries a secret of its attempt in a header, and the report on it
 * carries an HMAC-SHA256 of the report's bytes with that secret: whoever can write to the topic of reports, and was not sent the work,
 * cannot report on it. Headers, because messages of processes that know none of this stay readable.
 */
public final class ReportSeal {
    /** Of a message with work: the secret of its attempt. */
    public static final String SECRET_HEADER = "bohrwerk-attempt-secret";
    /** Of a report. */
    public static final String HEADER = "bohrwerk-report-seal";

    private static final String ALGORITHM = "HmacSHA256";

    private ReportSeal() {}

    /** @return 32 bytes */
    public static byte[] of(byte[] secret, byte[] message) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
