package io.bohrwerk.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.standalone.server.ChildServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Walks through the page in a real browser, from an empty system on: the walk itself is {@code ui/walk/walk.mjs}. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class PageWalkTest {
    /** On a free machine it takes a minute. */
    private static final long LIMIT_MINUTES = 18;

    @TempDir
    private Path directory;

    @Test
    void aPersonWalksFromAnEmptySystemToADownload() throws Exception {
        Path ui = Path.of("../../ui").toRealPath();
        Path target = BundledTarget.RACE.writeTo(directory);
        Path said = directory.resolve("walk.log");
        try (ChildServer server = ChildServer.start(directory.resolve("state"))) {
            Process walk = new ProcessBuilder(List.of(
                            ui.resolve("build").toString(), "walk", server.url().toString(), target.toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            boolean ended = walk.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
            if (!ended) {
                end(walk);
            }
            assertThat(ended).as("it did not end: " + Files.readString(said)).isTrue();
            assertThat(walk.exitValue()).as(Files.readString(said)).isZero();
        }
    }

    private static void end(Process walk) {
        walk.descendants().forEach(ProcessHandle::destroyForcibly);
        walk.destroyForcibly();
    }
}
