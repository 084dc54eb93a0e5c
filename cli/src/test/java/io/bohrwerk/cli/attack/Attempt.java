package io.bohrwerk.cli.attack;

import java.io.IOException;

/** What another user of the host may try against an all-in-one that runs as root. Each is a shell script that succeeds by ending with 0. */
enum Attempt {
    LIST_STATE("ls \"$1\""),
    READ_TOKEN("cat \"$1/token\""),
    CHANGE_TOKEN("echo bw_mine > \"$1/token\""),
    REPLACE_TOKEN("rm -f \"$1/token\" && echo bw_mine > \"$1/token\""),
    READ_WHO_RUNS("cat \"$1/running.json\""),
    FORGE_WHO_RUNS("echo '{}' > \"$1/running.json\""),
    TAKE_THE_LOCK("exec 9>\"$1/lock\""),
    READ_LOG("cat \"$1/logs/bohrwerk.log\""),
    WRITE_LOG("echo forged >> \"$1/logs/bohrwerk.log\""),
    PLANT_IN_STATE("touch \"$1/planted\""),
    LIST_BLOBS("ls \"$1/blobs\""),
    PLANT_A_BLOB("touch \"$1/blobs/planted\""),
    LIST_UPLOADS("ls \"$1/uploads\""),
    LIST_TARGETS("ls \"$1/targets\""),
    LIST_WORKER("ls \"$1/worker\""),
    PLANT_IN_WORKER("touch \"$1/worker/planted\""),
    LIST_TOMCAT("ls \"$1/tomcat\""),
    LIST_DOWNLOADS("ls \"$1/downloads\""),
    LIST_POSTGRES("ls \"$1/postgres\""),
    READ_DATABASE_PASSWORD("cat \"$1/postgres/password\""),
    READ_DATABASE_RULES("cat \"$1/postgres/hba.conf\""),
    CHANGE_DATABASE_RULES("echo 'local all all trust' > \"$1/postgres/hba.conf\""),
    READ_DATABASE_LOG("cat \"$1/postgres/postgres.log\""),
    READ_DATABASE_FILES("cat \"$1/postgres/data/PG_VERSION\""),
    REPLACE_DATABASE_PROGRAM("cp /bin/true \"$1/postgres/server/bin/postgres\""),
    PLANT_IN_DATABASE_PROGRAMS("touch \"$1/postgres/server/bin/planted\""),
    STOP_DATABASE_BY_ITS_FILE("rm \"$1/postgres/data/postmaster.pid\""),
    CONNECT_TO_DATABASE(unix("\"$1/postgres/run/.s.PGSQL.5432\"")),
    CONNECT_TO_DATABASE_BY_PROC(
            "for f in /proc/$2/fd/* /proc/$2/cwd/*; do cat \"$f\" > /dev/null && exit 0; done; exit 1"),
    LIST_KAFKA("ls \"$1/kafka\""),
    READ_KAFKA_PASSWORD("cat \"$1/kafka/api.password\""),
    READ_KAFKA_MESSAGES("cat \"$1/kafka/bohrwerk.batches-0/\"*.log"),
    PLANT_KAFKA_PASSWORD("echo x > \"$1/kafka/mallory.password\""),
    SIGNAL_DATABASE("kill -0 \"$2\""),
    SIGNAL_SERVER("kill -0 \"$3\""),
    READ_SERVERS_ENVIRONMENT("cat \"/proc/$3/environ\""),
    READ_DATABASES_ENVIRONMENT("cat \"/proc/$2/environ\""),
    READ_SERVERS_MEMORY("head -c 1 \"/proc/$3/mem\""),
    LIST_SERVERS_FILES("ls \"/proc/$3/fd\""),
    ENTER_DATABASES_MOUNTS("nsenter --mount=\"/proc/$2/ns/mnt\" true"),
    FIND_SECRETS_IN_COMMAND_LINES("tr '\\0' ' ' < \"/proc/$3/cmdline\" | grep -E 'bw_|assword|jaas' ;"
            + " [ $? = 0 ] || cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -F -f \"$4\""),
    FIND_SECRETS_IN_TMP("find /tmp -maxdepth 2 -newer \"$4\" -readable -type f -exec grep -l -F -f \"$4\" {} +"
            + " 2>/dev/null | grep -v -F \"$4\" | grep ."),
    TALK_TO_KAFKA_WITHOUT_A_NAME(kafkaPlain("$5")),
    TALK_TO_KAFKAS_CONTROLLER_WITHOUT_A_NAME("for port in $6; do " + kafkaPlain("$port") + " && exit 0; done; exit 1"),
    ;

    private final String script;

    Attempt(String script) {
        this.script = script;
    }

    /** @param house what is attacked */
    boolean succeeds(House house) throws IOException, InterruptedException {
        return Stranger.succeeds(script, house.arguments());
    }

    private static String unix(String path) {
        return "perl -MSocket -e 'socket(my $s, PF_UNIX, SOCK_STREAM, 0) or exit 1; exit(connect($s,"
                + " sockaddr_un($ARGV[0])) ? 0 : 1)' " + path;
    }

    /** Asks for the topics (Metadata, version 1), as a client without a login does, and succeeds when there is an answer. */
    private static String kafkaPlain(String port) {
        return "perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(PeerAddr => \"127.0.0.1\", PeerPort => $ARGV[0],"
                + " Timeout => 5) or exit 1; my $m = pack(\"n n N n/a* N\", 3, 1, 7, \"stranger\", 0xffffffff);"
                + " print $s pack(\"N/a*\", $m); $s->flush; alarm 5; my $n = read($s, my $a, 8);"
                + " exit(defined $n && $n == 8 && unpack(\"x4 N\", $a) == 7 ? 0 : 1)' \"" + port + "\"";
    }
}
