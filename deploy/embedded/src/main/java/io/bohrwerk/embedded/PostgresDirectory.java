package io.bohrwerk.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What lies in a server's directory, and who may do what with it.
 *
 * <pre>
 * server/       PostgreSQL's programs
 * data/ run/    its database and its socket: the server's user's, whom nobody else is
 * hba.conf      who may connect: one role, by its password, through the socket
 * password      that role's; only this process's user reads it
 * passwd        a table of users for a server that runs as a user of its own
 * postgres.log
 * </pre>
 */
final class PostgresDirectory {
    /** The only role that can log in. It owns the database and is no superuser. */
    static final String ROLE = "bohrwerk";

    static final String DATABASE = "postgres";
    private static final Logger LOG = LoggerFactory.getLogger(PostgresDirectory.class);
    private static final String SUPERUSER = "postgres";
    private static final String SOCKET = "run/.s.PGSQL.5432";
    /** Of sockaddr_un, without the null byte at its end. */
    private static final int LONGEST_SOCKET = 107;

    private static final Duration INIT_LIMIT = Duration.ofSeconds(120);
    private static final String HBA = "local all " + ROLE + " scram-sha-256\n";

    private final Path path;
    private final ServerUser user;

    private PostgresDirectory(Path path, ServerUser user) {
        this.path = path;
        this.user = user;
    }

    /**
     * Readies it for a start: makes a database where there is none, and takes over one that an earlier version made, whose superuser
     * anyone on this host could be.
     *
     * @throws IOException when that cannot be, with what to do
     */
    static PostgresDirectory open(Path path) throws IOException {
        int length = path.resolve(SOCKET).toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_SOCKET) {
            throw new IOException("the path " + path + " is " + (length - LONGEST_SOCKET)
                    + " bytes too long for a Unix socket in it; choose a shorter one");
        }
        PostgresDirectory directory = new PostgresDirectory(path, ServerUser.of(path, path.resolve("data")));
        PostgresBinaries.unpack(path.resolve("server"));
        // Where earlier versions had them, for all to write to.
        Trees.delete(path.resolve("binaries"));
        directory.enclose();
        directory.fill();
        return directory;
    }

    Path path() {
        return path;
    }

    Path data() {
        return path.resolve("data");
    }

    Path log() {
        return path.resolve("postgres.log");
    }

    /** For a driver in whatever process of the same user; it holds no secret. */
    static String jdbcUrl(Path directory) {
        Path absolute = directory.toAbsolutePath();
        return "jdbc:postgresql://127.0.0.1/" + DATABASE + "?user=" + ROLE + "&sslmode=disable&gssEncMode=disable"
                + "&socketFactory=" + UnixSocketFactory.class.getName() + "&socketFactoryArg="
                + encoded(absolute.resolve(SOCKET)) + "&authenticationPluginClassName=" + PasswordFile.class.getName()
                + "&" + PasswordFile.PROPERTY + "=" + encoded(passwordFile(absolute));
    }

    private static String encoded(Path path) {
        return URLEncoder.encode(path.toString(), StandardCharsets.UTF_8);
    }

    private static Path passwordFile(Path directory) {
        return directory.resolve("password");
    }

    /** Shuts everyone else out, and lets the server's user in where that is another. */
    private void enclose() throws IOException {
        for (String own : List.of("data", "run")) {
            Path directory = path.resolve(own);
            Trees.makePrivate(directory);
            if (user.apart() && ServerUser.number(directory, "unix:uid") != user.number()) {
                Trees.give(directory, user.number());
            }
        }
        writeNew(path.resolve("hba.conf"), HBA, "rw-r-----");
        openLog();
        if (user.apart()) {
            Files.setAttribute(path.resolve("hba.conf"), "unix:gid", user.number());
            Files.setAttribute(path, "unix:gid", user.number());
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x---"));
        }
    }

    private void openLog() throws IOException {
        if (!Files.exists(log())) {
            Files.createFile(log());
        }
        Files.setPosixFilePermissions(log(), PosixFilePermissions.fromString("rw-------"));
    }

    private void fill() throws IOException {
        Path version = data().resolve("PG_VERSION");
        boolean made = false;
        if (!Files.exists(version, LinkOption.NOFOLLOW_LINKS)) {
            if (!isEmpty(data())) {
                throw new IOException(data() + " is damaged: it has files and no PG_VERSION; move it away to begin"
                        + " anew, or put a backup in its place");
            }
            LOG.info("Making a database in {}", data());
            run(
                    "",
                    program("initdb"),
                    "-D",
                    user.seen("data").toString(),
                    "-U",
                    SUPERUSER,
                    "-E",
                    "UTF8",
                    "--locale=C",
                    "--auth=reject");
            made = true;
        }
        String major = Files.readString(version).strip();
        if (!major.equals(PostgresBinaries.MAJOR)) {
            throw new IOException(data() + " was made by PostgreSQL " + major + ", and this is "
                    + PostgresBinaries.MAJOR + ": bring its content over by pg_dumpall, or move it away to begin anew");
        }
        if (made || !Files.exists(passwordFile(path))) {
            appoint();
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (var files = Files.newDirectoryStream(directory)) {
            return !files.iterator().hasNext();
        }
    }

    /**
     * Makes the role, and gives it the database with all that is in it, whoever had it. By a server without clients: the superuser has
     * no password and can log in nowhere.
     */
    private void appoint() throws IOException {
        if (PostgresServer.runningIn(data()).isPresent()) {
            throw new IOException("a PostgreSQL is running in " + data() + "; stop it");
        }
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        String password = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        // Each line is a statement to a single-user server.
        run(
                """
                do $$ begin if not exists (select from pg_roles where rolname = 'ROLE') then create role ROLE; end if; end $$
                alter role ROLE with login createdb nosuperuser nocreaterole noreplication nobypassrls password 'PASSWORD'
                alter role SUPERUSER password null
                alter database DATABASE owner to ROLE
                alter schema public owner to ROLE
                do $$ declare it record; begin for it in select format('alter table %s owner to ROLE', c.oid::regclass) as change from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e') union all select format('alter sequence %s owner to ROLE', c.oid::regclass) from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'S' and not exists (select from pg_depend d where d.objid = c.oid and d.deptype in ('a', 'i', 'e')) union all select format('alter routine %s owner to ROLE', p.oid::regprocedure) from pg_proc p where p.pronamespace = 'public'::regnamespace and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e') loop execute it.change; end loop; end $$
                """.replace("ROLE", ROLE)
                        .replace("SUPERUSER", SUPERUSER)
                        .replace("DATABASE", DATABASE)
                        .replace("PASSWORD", password),
                program("postgres"),
                "--single",
                "-D",
                user.seen("data").toString(),
                "-c",
                "exit_on_error=on",
                "-c",
                "log_statement=none",
                "-c",
                "log_min_error_statement=panic",
                DATABASE);
        writeNew(passwordFile(path), password + "\n", "rw-------");
    }

    /** In place of what was there, and never to be seen by others meanwhile. */
    private static void writeNew(Path file, String text, String permissions) throws IOException {
        Files.deleteIfExists(file);
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)))) {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            channel.force(true);
        }
    }

    private String program(String name) {
        return user.seen("server").resolve("bin").resolve(name).toString();
    }

    /** The server itself, which this process may wait for and signal. */
    Process launch() throws IOException {
        return process(List.of(
                        program("postgres"),
                        "-D",
                        user.seen("data").toString(),
                        "-c",
                        "listen_addresses=",
                        "-c",
                        "unix_socket_directories=" + user.seen("run"),
                        "-c",
                        "unix_socket_permissions=0700",
                        "-c",
                        "port=5432",
                        "-c",
                        "hba_file=" + user.seen("hba.conf"),
                        "-c",
                        "timezone=UTC",
                        "-c",
                        "log_timezone=UTC",
                        "-c",
                        "max_connections=300"))
                .start();
    }

    /** With nothing of this process's environment, which holds what is not the server's business. */
    private ProcessBuilder process(List<String> words) {
        // In a session of its own: a terminal's ctrl-C would stop it before those who need it.
        List<String> command = new ArrayList<>(List.of("setsid", "--"));
        command.addAll(user.command(path, words));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(path.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log().toFile()));
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        environment.put("LC_ALL", "C");
        return builder;
    }

    private void run(String input, String... words) throws IOException {
        long before = Files.size(log());
        Process process = process(new ArrayList<>(List.of(words))).start();
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                LOG.debug("It ended before it had read everything", e);
            }
            boolean ended = process.waitFor(INIT_LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (!ended || process.exitValue() != 0) {
                throw new IOException(words[0] + (ended ? " failed with " + process.exitValue() : " does not end")
                        + said(before) + "; its log: " + log());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while readying " + path, e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** The last of what the log tells of an end, since it had so many bytes; empty when it tells of none. */
    String said(long since) throws IOException {
        try (FileChannel channel = FileChannel.open(log(), StandardOpenOption.READ)) {
            long from = Math.max(since, channel.size() - (64 << 10));
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.max(0, channel.size() - from));
            channel.read(bytes, from);
            String said = "";
            for (String line : new String(bytes.array(), StandardCharsets.UTF_8).split("\n")) {
                if (line.matches(".*\\b(FATAL|PANIC|ERROR):.*")
                        || line.matches("(initdb|postgres|mount|setpriv|unshare): .*")) {
                    said = ": "
                            + line.replaceFirst("^.*?(FATAL|PANIC|ERROR|initdb): *", "")
                                    .strip();
                }
            }
            return said;
        }
    }
}
