package io.bohrwerk.api.queue;

import io.bohrwerk.api.ApiProperties;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.Report;
import io.bohrwerk.protocol.batch.ReportSeal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The secrets of attempts: derived from a key in the database that all APIs share, so that none has to be kept. */
@Component
public class AttemptSecrets {
    private final JdbcClient database;
    private final boolean unsealedToo;
    private volatile byte @Nullable [] key;

    AttemptSecrets(JdbcClient database, ApiProperties properties) {
        this.database = database;
        this.unsealedToo = properties.queue().unsealedReports();
    }

    public byte[] of(String kind, UUID work, int attempt) {
        return ReportSeal.of(key(), (kind + " " + work + " " + attempt).getBytes(StandardCharsets.US_ASCII));
    }

    /** @throws InvalidInputException when the message is not from who was sent that attempt */
    public void requireSeal(ConsumerRecord<?, byte[]> message, Report report) {
        Header seal = message.headers().lastHeader(ReportSeal.HEADER);
        if (seal == null && unsealedToo) {
            return;
        }
        byte[] right = ReportSeal.of(of(report.kind(), report.workId(), report.attempt()), message.value());
        InvalidInputException.require(
                seal != null && MessageDigest.isEqual(seal.value(), right),
                ReportSeal.HEADER,
                seal == null ? "none" : "another",
                "must be made with the secret of attempt " + report.attempt() + " at " + report.kind() + " "
                        + report.workId());
    }

    private byte[] key() {
        byte[] known = key;
        if (known == null) {
            known = database.sql("select key from report_key")
                    .query((row, number) -> row.getBytes("key"))
                    .single();
            key = known;
        }
        return known;
    }
}
