package io.bohrwerk.cli.attack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another user of this host, who runs a shell. Only root can become one. */
final class Stranger {
    private static final int USER = 4242;
    private static final long LIMIT_SECONDS = 30;

    private Stranger() {}

    static boolean possible() throws IOException {
        return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    /**
     * @param script for {@code sh}; it succeeds by ending with 0
     * @param arguments as $1 and so on
     */
    static boolean succeeds(String script, Object... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("setpriv", "--reuid=" + USER, "--regid=" + USER));
        command.addAll(List.of("--clear-groups", "--", "/bin/sh", "-c", script, "stranger"));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readNBytes(1 << 20), StandardCharsets.UTF_8);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("an attempt does not end: " + script + "\n" + said);
            }
            return process.exitValue() == 0;
        } finally {
            process.destroyForcibly();
        }
    }
}
