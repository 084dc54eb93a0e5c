package io.bohrwerk.emulator.debug;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Copies disk images, by reference where the file system can and with their holes where it cannot. */
final class ImageCopy {
    private ImageCopy() {}

    static void copy(Path from, Path to, Budget budget) throws IOException, InfrastructureException {
        Process process = new ProcessBuilder(
                        "cp",
                        "--no-dereference",
                        "--reflink=auto",
                        "--sparse=auto",
                        from.toAbsolutePath().toString(),
                        to.toAbsolutePath().toString())
                .redirectErrorStream(true)
                .start();
        try {
            if (!process.waitFor(budget.left().toMillis(), TimeUnit.MILLISECONDS)) {
                throw budget.timeUp("cp");
            }
            if (process.exitValue() != 0) {
                throw new IOException(
                        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InfrastructureException(InfrastructureTrouble.WORKER_STOPPED, "interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
