package io.bohrwerk.bench;

import io.bohrwerk.protocol.Digest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/** Fills the database of a running server with a past that it never had; {@code dashboard.sql} says which. */
final class DashboardData implements AutoCloseable {
    private final Connection connection;
    private final String manifest;
    private long batches;

    /** @param target whose manifest all made targets have */
    DashboardData(String databaseUrl, Path target) throws SQLException, IOException {
        this.connection = DriverManager.getConnection(databaseUrl);
        this.manifest = Files.readString(target.resolve("target.yaml"));
    }

    /** @param all batches that there are to be in the end; more than there are */
    void growTo(long all) throws SQLException, IOException {
        String files = "[{\"name\": \"target.yaml\", \"size\": " + manifest.length() + ", \"digest\": \""
                + Digest.of(manifest.getBytes(StandardCharsets.UTF_8)) + "\"}]";
        String script = script().replace(":from", Long.toString(batches))
                .replace(":to", Long.toString(all))
                .replace(":manifest", literal(manifest))
                .replace(":files", literal(files) + "::jsonb");
        try (Statement statement = connection.createStatement()) {
            // One by one, each with its own commit: a vacuum cannot be in a transaction with others.
            for (String command : script.split(";\n", -1)) {
                if (!command.isBlank()) {
                    statement.execute(command);
                }
            }
        }
        batches = all;
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static String script() throws IOException {
        try (InputStream in = DashboardData.class.getResourceAsStream("dashboard.sql")) {
            if (in == null) {
                throw new FileNotFoundException("the class path has no dashboard.sql");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A made row's id. @param number from 1 */
    String id(String kind, long number) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                kind.equals("target")
                        ? "select encode(sha256(('target' || ?)::bytea), 'hex')"
                        : "select md5(? || ?)::uuid::text")) {
            if (!kind.equals("target")) {
                query.setString(1, kind);
            }
            query.setString(kind.equals("target") ? 1 : 2, Long.toString(number));
            return one(query);
        }
    }

    /** Makes the bytes the artifact of a failure. */
    void artifact(String failure, String kind, Digest digest, long size) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "update artifacts set digest = ?, size = ? where failure_id = ?::uuid and kind = ?")) {
            update.setString(1, digest.hex());
            update.setLong(2, size);
            update.setString(3, failure);
            update.setString(4, kind);
            if (update.executeUpdate() != 1) {
                throw new SQLException(String.format(Locale.ROOT, "failure %s has no %s", failure, kind));
            }
        }
    }

    private static String one(PreparedStatement query) throws SQLException {
        try (ResultSet rows = query.executeQuery()) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
