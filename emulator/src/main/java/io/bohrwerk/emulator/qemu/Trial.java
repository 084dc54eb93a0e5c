package io.bohrwerk.emulator.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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

    /**
     * @param status its exit status; 128 and a signal's number where that ended it, as Java has it
     * @param said on its standard output and standard error
     */
    record Answer(int status, String said) {}

    /**
     * Runs a command to its end.
     *
     * @param most bytes that are kept of what it says
     * @throws IOException when it cannot be started, or does not end within the limit: then it is killed
     */
    static Answer run(List<String> command, int most) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new IOException(command.get(0) + " is not installed", e);
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
            InputStream out = process.getInputStream();
            String said = new String(out.readNBytes(most), StandardCharsets.UTF_8);
            out.transferTo(OutputStream.nullOutputStream()); // or it waits for a reader of the rest
            int status = process.waitFor();
            if (late.get()) {
                throw new IOException("no answer within " + LIMIT_SECONDS + " s");
            }
            return new Answer(status, said.strip());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while trying " + command.get(0), e);
        } finally {
            limit.cancel(false);
            process.destroyForcibly();
        }
    }

    /** What a command has to say that does not work here; empty when it works. */
    static String complaint(List<String> prefix, List<String> rest) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(rest);
        try {
            Answer answer = run(command, LONGEST_COMPLAINT);
            return answer.status == 0 ? "" : "exit status " + answer.status + ": " + answer.said;
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
