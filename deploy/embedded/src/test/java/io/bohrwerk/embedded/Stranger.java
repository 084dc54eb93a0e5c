package io.bohrwerk.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Another user of this host, who tries things. Only root can become one: as anyone else the tests that need one are skipped. */
final class Stranger {
    private static final int USER = 4242;
    private static final long LIMIT_SECONDS = 30;

    private Stranger() {}

    static void required() throws IOException {
        Assumptions.assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")),
                "only root can try what another user could do");
    }

    /** @param status 0 when it succeeded */
    record Tried(int status, String said) {
        boolean succeeded() {
            return status == 0;
        }
    }

    /** @param script for {@code sh}, with the arguments as $1 and so on */
    static Tried tries(String script, Object... arguments) throws IOException, InterruptedException {
        return tries(USER, script, arguments);
    }

    static Tried tries(int user, String script, Object... arguments) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of(
                "setpriv",
                "--reuid=" + user,
                "--regid=" + user,
                "--clear-groups",
                "--",
                "/bin/sh",
                "-c",
                script,
                "stranger"));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readNBytes(64 << 10), StandardCharsets.UTF_8);
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("the attempt does not end: " + script);
        }
        return new Tried(process.exitValue(), said);
    }
}
