package io.bohrwerk.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What another user of the host tries against the database, and someone who has got hold of the application's own connection. */
class PostgresAttackTest {
    @TempDir
    private static Path parent;

    private static Path directory;
    private static PostgresServer server;

    @BeforeAll
    static void start() throws Exception {
        // The wall is to be ours, not that of the test's directory.
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
        directory = parent.resolve("postgres");
        server = PostgresServer.start(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Test
    void nobodyElseReachesAnyOfItsFiles() throws Exception {
        Stranger.required();
        for (String file : List.of("password", "hba.conf", "postgres.log", "data/PG_VERSION", "data/base")) {
            assertThat(Stranger.tries("cat \"$1\" || ls \"$1\"", directory.resolve(file)))
                    .as("reading " + file)
                    .matches(tried -> !tried.succeeded())
                    .extracting(Stranger.Tried::said)
                    .asString()
                    .contains("Permission denied");
        }
        for (String place : List.of(".", "data", "run", "server", "server/bin")) {
            assertThat(Stranger.tries("touch \"$1/planted\"", directory.resolve(place)))
                    .as("writing into " + place)
                    .matches(tried -> !tried.succeeded());
        }
        assertThat(Stranger.tries("ls \"$1\"", directory)).matches(tried -> !tried.succeeded());
    }

    private static final String CONNECT = "perl -MSocket -e 'socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die;"
            + " connect($s, sockaddr_un($ARGV[0])) or die \"$!\\n\"; print \"connected\\n\"' \"$1\"";

    @Test
    void nobodyElseReachesItsSocketAndThereIsNoOther() throws Exception {
        Stranger.required();
        Path socket = directory.resolve("run/.s.PGSQL.5432");
        assertThat(Stranger.tries(CONNECT, socket)).matches(tried -> !tried.succeeded());
        assertThat(socketsOf(server())).as("what it listens on").containsExactly("unix");
        // With the walls down the attempt succeeds: it would have been seen.
        Path open = directory;
        try {
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwx--x--x"));
            assertThat(Stranger.tries(CONNECT, socket))
                    .as("behind its second wall")
                    .matches(tried -> !tried.succeeded());
            Files.setPosixFilePermissions(directory.resolve("run"), PosixFilePermissions.fromString("rwx--x--x"));
            assertThat(Stranger.tries(CONNECT, socket))
                    .as("behind its third wall")
                    .matches(tried -> !tried.succeeded());
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwxrwxrwx"));
            assertThat(Stranger.tries(CONNECT, socket).said()).isEqualTo("connected\n");
        } finally {
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwx------"));
            Files.setPosixFilePermissions(directory.resolve("run"), PosixFilePermissions.fromString("rwx------"));
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwx--x---"));
        }
    }

    /** Even who reaches the socket needs the password; and the superuser cannot log in at all. */
    @Test
    void theSocketAloneLetsNobodyIn() throws Exception {
        String url = server.jdbcUrl();
        Path wrong = Files.writeString(parent.resolve("wrong"), "guess\n");
        String guessed = url.replaceFirst(
                "passwordFile=.*", "passwordFile=" + URLEncoder.encode(wrong.toString(), StandardCharsets.UTF_8));
        assertThatThrownBy(() -> DriverManager.getConnection(guessed))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("password authentication failed");
        for (String user : List.of("postgres", "root", "nobody")) {
            assertThatThrownBy(() -> DriverManager.getConnection(url.replace("user=bohrwerk", "user=" + user)))
                    .as(user)
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("no pg_hba.conf entry");
        }
        assertThat(url)
                .doesNotContain(Files.readString(directory.resolve("password")).strip());
    }

    @Test
    void theApplicationsRoleCanDoNothingToTheHost() throws Exception {
        for (String sql : List.of(
                "copy (select 1) to program 'id'",
                "copy (select 1) to '/tmp/planted'",
                "create temp table t (x text); copy t from '/etc/passwd'",
                "select pg_read_file('/etc/passwd')",
                "select lo_import('/etc/passwd')",
                "select pg_ls_dir('/')",
                "create function f() returns int language c as '/lib/x86_64-linux-gnu/libc.so.6', 'system'",
                "create extension plperlu",
                "create role other superuser",
                "alter role bohrwerk superuser",
                "alter system set archive_command = 'id'",
                "load '/tmp/planted.so'",
                "set role postgres",
                "set session authorization postgres")) {
            try (Connection connection = DriverManager.getConnection(server.jdbcUrl())) {
                assertThatThrownBy(() -> connection.createStatement().execute(sql))
                        .as(sql)
                        .isInstanceOf(SQLException.class)
                        .hasMessageMatching(
                                "(?s).*(permission denied|must be superuser|Only roles|access to library|is not available).*");
            }
        }
    }

    @Test
    void theServerHasNeitherRootsUserNorAnyCapability() throws Exception {
        List<String> status = Files.readAllLines(Path.of("/proc/" + server().pid() + "/status"));
        assertThat(status).noneMatch(line -> line.matches("(Uid|Gid):.*\\b0\\b.*"));
        assertThat(status)
                .anyMatch(line -> line.matches("CapEff:\\s*0+"))
                .anyMatch(line -> line.matches("CapPrm:\\s*0+"));
        if (Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
            assertThat(status)
                    .anyMatch(line -> line.matches("NoNewPrivs:\\s*1"))
                    .anyMatch(line -> line.matches("CapBnd:\\s*0+"));
        }
        // Not root under another name: a user namespace maps its users.
        assertThat(Files.readSymbolicLink(Path.of("/proc/" + server().pid() + "/ns/user")))
                .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/user")));
        assertThat(Files.readString(Path.of("/proc/" + server().pid() + "/environ"))
                        .split("\0"))
                .allMatch(variable -> variable.matches("(PATH|LC_ALL|PWD|OLDPWD|SHLVL|_|PG\\w*)=.*"));
    }

    /** As the version before made it: everyone is superuser, and all belongs to the superuser. */
    @Test
    void aDatabaseThatWasOpenToAllIsTakenOver(@TempDir Path old) throws Exception {
        Path bin = directory.resolve("server/bin");
        Path data = Files.createDirectories(old.resolve("data"));
        Files.createDirectories(old.resolve("binaries/PG-1"));
        Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rwxr-xr-x"));
        as(Stream.of(bin + "/initdb", "-A", "trust", "-U", "postgres", "-D", data.toString(), "-E", "UTF-8"), "");
        as(Stream.of(bin + "/postgres", "--single", "-D", data.toString(), "postgres"), """
                create table kept (id bigserial primary key, word text)
                insert into kept (word) values ('drill')
                create view shown as select word from kept
                create function told() returns text language sql as 'select word from kept'
                """);
        try (PostgresServer taken = PostgresServer.start(old)) {
            assertThat(PostgresServerTest.run(taken, "select told()")).isEqualTo("drill");
            assertThat(PostgresServerTest.run(
                            taken,
                            "alter table kept add column more int; create or replace function told() returns text"
                                    + " language sql as 'select ''taken'''; insert into kept (word) values ('x');"
                                    + " drop view shown; create extension pg_trgm; select told()"))
                    .isEqualTo("taken");
            assertThatThrownBy(() ->
                            DriverManager.getConnection(taken.jdbcUrl().replace("user=bohrwerk", "user=postgres")))
                    .hasMessageContaining("no pg_hba.conf entry");
            assertThat(Files.exists(old.resolve("binaries"))).isFalse();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(old)))
                    .endsWith("---");
        }
        try (PostgresServer again = PostgresServer.start(old)) {
            assertThat(PostgresServerTest.run(again, "select told()")).isEqualTo("taken");
        }
    }

    private static void as(Stream<String> words, String input) throws Exception {
        // What made root's servers run with root's number.
        boolean root = Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        Process process = new ProcessBuilder(Stream.concat(root ? Stream.of("unshare", "-U") : Stream.empty(), words)
                        .toList())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }

    private static ProcessHandle server() throws Exception {
        return PostgresServer.process(directory).orElseThrow();
    }

    /** The kinds of the sockets that a process listens on, by the kernel's tables. */
    private static List<String> socketsOf(ProcessHandle process) throws Exception {
        Path own = Path.of("/proc/" + process.pid());
        List<String> inodes;
        try (Stream<Path> open = Files.list(own.resolve("fd"))) {
            inodes = open.map(PostgresAttackTest::target)
                    .filter(target -> target.startsWith("socket:"))
                    .map(target -> target.replaceAll("\\D", ""))
                    .toList();
        }
        return Stream.of("tcp", "tcp6", "udp", "udp6", "unix")
                .flatMap(kind -> lines(own.resolve("net").resolve(kind))
                        .filter(line -> inodes.stream()
                                .anyMatch(inode ->
                                        List.of(line.strip().split("\\s+")).contains(inode)))
                        .map(line -> kind))
                .toList();
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (java.io.IOException e) {
            return "";
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (java.io.IOException e) {
            return Stream.of();
        }
    }
}
