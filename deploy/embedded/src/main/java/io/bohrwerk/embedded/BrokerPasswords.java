package io.bohrwerk.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.ScramCredentialCallback;
import org.apache.kafka.common.security.scram.ScramLoginModule;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.jspecify.annotations.Nullable;

/**
 * The broker's users and their passwords, a file each that its owner alone reads, generated when they are missing. They are not in the broker's
 * own metadata, so that a directory which was made without them needs no change.
 */
public final class BrokerPasswords implements AuthenticateCallbackHandler {
    /** The broker, to itself. */
    static final String SERVER = "server";

    /** Strong enough for passwords of 256 random bits, and quick; the least that Kafka takes. */
    private static final int ITERATIONS = 4096;

    private static final int BYTES = 32;
    private static final String DIRECTORY = "directory";
    private static final ScramMechanism MECHANISM = ScramMechanism.SCRAM_SHA_256;

    private final Map<String, ScramCredential> known = new HashMap<>();
    private @Nullable Path directory;

    /** Made by the broker. */
    public BrokerPasswords() {}

    static String mechanism() {
        return MECHANISM.mechanismName();
    }

    /** Makes those passwords that are missing. */
    static void ensure(Path directory, List<String> users) throws IOException {
        for (String user : users) {
            Path file = file(directory, user);
            if (Files.exists(file)) {
                continue;
            }
            byte[] random = new byte[BYTES];
            new SecureRandom().nextBytes(random);
            try (FileChannel channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                channel.write(
                        ByteBuffer.wrap(Base64.getUrlEncoder().withoutPadding().encode(random)));
            }
        }
    }

    private static Path file(Path directory, String user) {
        return directory.resolve(user + ".password");
    }

    /** What a client logs in with. */
    static String login(Path directory, String user) throws IOException {
        return ScramLoginModule.class.getName() + " required username=\"" + user + "\" password=\""
                + Files.readString(file(directory, user)).strip() + "\";";
    }

    /** The same for a listener, which finds the others' passwords in that directory. */
    static String listenerLogin(Path directory) throws IOException {
        return login(directory, SERVER).replace(";", " " + DIRECTORY + "=\"" + directory + "\";");
    }

    @Override
    public void configure(Map<String, ?> settings, String mechanism, List<AppConfigurationEntry> logins) {
        for (AppConfigurationEntry login : logins) {
            if (login.getOptions().get(DIRECTORY) instanceof String path) {
                directory = Path.of(path);
            }
        }
    }

    @Override
    public void handle(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
        String name = "";
        for (Callback callback : callbacks) {
            if (callback instanceof NameCallback named) {
                name = named.getDefaultName();
            } else if (callback instanceof ScramCredentialCallback wanted) {
                @Nullable ScramCredential credential = credential(name);
                if (credential != null) {
                    wanted.scramCredential(credential);
                }
            } else {
                throw new UnsupportedCallbackException(callback);
            }
        }
    }

    /** Null for a user that is not known. */
    private synchronized @Nullable ScramCredential credential(String user) throws IOException {
        if (directory == null) {
            throw new InvalidConfigurationException("the listener's login names no directory");
        }
        if (!user.matches("[a-z]{1,20}") || !Files.exists(file(directory, user))) {
            return null;
        }
        ScramCredential credential = known.get(user);
        if (credential == null) {
            String password = Files.readString(file(directory, user), StandardCharsets.US_ASCII)
                    .strip();
            credential = formatter().generateCredential(password, ITERATIONS);
            known.put(user, credential);
        }
        return credential;
    }

    private static ScramFormatter formatter() {
        try {
            return new ScramFormatter(MECHANISM);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + MECHANISM, e);
        }
    }

    @Override
    public void close() {}
}
