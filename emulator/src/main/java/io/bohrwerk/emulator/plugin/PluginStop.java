package io.bohrwerk.emulator.plugin;

import io.bohrwerk.emulator.qemu.PluginOptions;
import io.bohrwerk.emulator.qemu.QemuSession;
import io.bohrwerk.emulator.qmp.QmpException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stops a machine where its plugin waits: takes in the plugin's lines, and does the plugin's part of the handshake. With blocks of one
 * instruction ({@link QemuSession#oneInstructionPerBlock}) the machine stops at the very instruction, in a machine of several CPUs too.
 *
 * <p>Only in a run that is neither recorded nor replayed: else QEMU answers no command while its plugin waits. Lines can be awaited there, too.
 */
public final class PluginStop implements Consumer<PluginLine> {
    /**
     * From QEMU's answer to a command until it has begun with the next one, which is behind it in the same pipe: microseconds, on a busy host
     * some milliseconds. The plugin tells when it was not enough.
     */
    private static final Duration GRACE = Duration.ofMillis(50);

    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    private final CompletableFuture<PluginLine> waits = new CompletableFuture<>();
    private volatile boolean ran;

    @Override
    public void accept(PluginLine line) {
        if (line instanceof PluginLine.At
                || line instanceof PluginLine.Hit
                || line instanceof PluginLine.None
                || line instanceof PluginLine.Unattended) {
            waits.complete(line);
        } else if (line instanceof PluginLine.Ran) {
            ran = true;
        }
    }

    /**
     * Waits until the plugin has come to what it looks for.
     *
     * @return {@link PluginLine.At}, {@link PluginLine.Hit} or {@link PluginLine.None}
     */
    public PluginLine await(Duration limit) throws InterruptedException, TimeoutException {
        try {
            return waits.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Stops the machine of a plugin that waits {@link PluginLine.At at} a count: when this returns the machine stands there.
     *
     * @param directory the machine's
     * @throws IOException when it ran on: start over from a snapshot
     */
    public void stop(QemuSession session, Path directory) throws IOException, InterruptedException, TimeoutException {
        session.running(); // once this is answered, nothing is ahead of the next command
        CompletableFuture<@Nullable Void> stopped = CompletableFuture.runAsync(() -> {
            try {
                session.pause();
            } catch (QmpException e) {
                throw new CompletionException(e);
            }
        });
        Thread.sleep(GRACE.toMillis());
        command(directory, "go");
        try {
            stopped.get(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException("the machine did not stop: " + e.getCause(), e.getCause());
        }
        if (ran) {
            throw new IOException("the machine ran on beyond its stop: this host is too busy");
        }
    }

    private static void command(Path directory, String line) throws IOException {
        try (FileChannel channel = FileChannel.open(
                directory.resolve(PluginOptions.CONTROL),
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS)) {
            channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII)));
        }
    }
}
