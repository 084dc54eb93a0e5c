package io.bohrwerk.emulator.qemu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runs a command to see whether this host allows it. */
final class Trial {
    private static final long LIMIT_SECONDS = 30;
    private static final int LONGEST_COMPLAINT = 500;

    private Trial() {}

    /** What a command has to say that does not work here; empty when it works. One that hangs is killed. */
    static String complaint(List<String> prefix, List<String> rest) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(rest);
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return command.get(0) + " is not installed";
        }
        AtomicBoolean late = new AtomicBoolean();
        CompletableFuture<Void> limit = CompletableFuture.runAsync(
                () -> {
                    late.set(true);
                    process.toHandle().destroyForcibly();
                },
                CompletableFuture.delayedExecutor(LIMIT_SECONDS, TimeUnit.SECONDS));
        try {
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readNBytes(LONGEST_COMPLAINT), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (late.get()) {
                return "no answer within " + LIMIT_SECONDS + " s";
            }
            return status == 0 ? "" : "exit status " + status + ": " + said.strip();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while probing what this host allows", e);
        } finally {
            limit.cancel(false);
            process.destroyForcibly();
        }
    }
}
