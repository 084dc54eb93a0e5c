package io.bohrwerk.cli;

import io.bohrwerk.bench.LinuxLog;
import io.bohrwerk.blob.BlobStore;
import io.bohrwerk.emulator.log.MergedLogFile;
import io.bohrwerk.mergedlog.LogSpan;
import io.bohrwerk.mergedlog.elf.Symbols;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.server.ChildServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.util.Collections;
import java.util.List;

/**
 * The merged log of a guest that means harm: HTML, escapes for terminals, bytes that are no UTF-8, text that runs backwards, and a line
 * of 10 MB, behind 64 MiB of an ordinary log. A whole gigabyte takes longer to make than a test may; {@code bench dashboard} has it.
 */
public final class HostileLog {
    private static final int ORDINARY_BYTES = 64 << 20;
    private static final int LONG_LINE = 10_000_000;
    private static final String HTML =
            "<img src=x onerror=\"document.title='gone'\"><script>document.title='gone'</script>";
    private static final String TERMINAL = " \033[31mred\033[0m \033]0;owned\007 \u202ereversed ";

    private HostileLog() {}

    /** Makes it the log of a failure on the server, and its words the failure's report. */
    public static void plant(ChildServer server, String failure, Path directory) throws Exception {
        Path log = directory.resolve("hostile.zst");
        Path index = directory.resolve("hostile.idx");
        try (MergedLogFile file =
                new MergedLogFile(log, Long.MAX_VALUE, index, new LogSpan(1, 1 << 30, 1), Symbols.NONE)) {
            file.writeAll(all());
            file.finish(0, 1);
        }
        try (BlobStore blobs = server.blobs();
                Connection database = DriverManager.getConnection(server.databaseUrl())) {
            give(blobs, database, failure, "MERGED_LOG", log);
            give(blobs, database, failure, "MERGED_LOG_INDEX", index);
            try (PreparedStatement update =
                    database.prepareStatement("update failures set report = ?, reason = ? where id = ?::uuid")) {
                update.setString(1, HTML + TERMINAL + "\n");
                update.setString(2, HTML);
                update.setString(3, failure);
                update.executeUpdate();
            }
        }
    }

    private static InputStream all() {
        ByteArrayOutputStream end = new ByteArrayOutputStream();
        end.writeBytes("\n".getBytes(StandardCharsets.UTF_8));
        end.writeBytes("A".repeat(LONG_LINE).getBytes(StandardCharsets.UTF_8));
        end.writeBytes(("\n" + HTML + TERMINAL).getBytes(StandardCharsets.UTF_8));
        end.writeBytes(new byte[] {(byte) 0xff, (byte) 0xc0, 0, '\n'});
        end.writeBytes(("@bw fail 7 " + HTML + "\n").getBytes(StandardCharsets.UTF_8));
        return new SequenceInputStream(Collections.enumeration(
                List.of(new LinuxLog(ORDINARY_BYTES), new ByteArrayInputStream(end.toByteArray()))));
    }

    private static void give(BlobStore blobs, Connection database, String failure, String kind, Path file)
            throws Exception {
        Digest digest = Digest.of(file);
        try (InputStream in = Files.newInputStream(file);
                PreparedStatement update = database.prepareStatement(
                        "update artifacts set digest = ?, size = ? where failure_id = ?::uuid and kind = ?")) {
            blobs.put(digest, in);
            update.setString(1, digest.hex());
            update.setLong(2, Files.size(file));
            update.setString(3, failure);
            update.setString(4, kind);
            if (update.executeUpdate() != 1) {
                throw new IllegalStateException("failure " + failure + " has no " + kind);
            }
        }
    }
}
