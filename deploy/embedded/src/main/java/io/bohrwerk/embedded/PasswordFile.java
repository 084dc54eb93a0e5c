package io.bohrwerk.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.postgresql.plugin.AuthenticationPlugin;
import org.postgresql.plugin.AuthenticationRequestType;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/**
 * Gives PostgreSQL's driver the password that the file of the URL's {@code passwordFile} holds, so that the URL, which turns up in command
 * lines and logs, holds no secret. Named in the URL as {@code authenticationPluginClassName}.
 */
public final class PasswordFile implements AuthenticationPlugin {
    static final String PROPERTY = "passwordFile";

    private final Path file;

    /** @param connection the URL's parameters; made by the driver */
    public PasswordFile(Properties connection) {
        this.file = Path.of(connection.getProperty(PROPERTY, ""));
    }

    /** @throws PSQLException when the server asks for more than a proof, which ours does not, or the file cannot be read */
    @Override
    public char[] getPassword(AuthenticationRequestType asked) throws PSQLException {
        if (asked != AuthenticationRequestType.SASL) {
            throw new PSQLException(
                    "the server asks for the password itself (" + asked + "): it is none of ours",
                    PSQLState.CONNECTION_REJECTED);
        }
        try {
            return Files.readString(file).strip().toCharArray();
        } catch (IOException e) {
            throw new PSQLException("cannot read the password in " + file, PSQLState.CONNECTION_REJECTED, e);
        }
    }
}
