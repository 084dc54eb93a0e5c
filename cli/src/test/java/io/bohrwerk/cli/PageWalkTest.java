package io.bohrwerk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.client.BundledTarget;
import io.bohrwerk.server.ChildServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
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

    /** The walk asks for a hostile log with this word and a failure's id. */
    private static final String PLANT = "PLANT ";

    @Test
    void aPersonWalksFromAnEmptySystemToADownload() throws Exception {
        Path ui = Path.of("../../ui").toRealPath();
        Path target = BundledTarget.RACE.writeTo(directory);
        StringBuffer said = new StringBuffer();
        try (ChildServer server = ChildServer.start(directory.resolve("state"))) {
            Process walk = new ProcessBuilder(List.of(
                            ui.resolve("build").toString(), "walk", server.url().toString(), target.toString()))
                    .redirectErrorStream(true)
                    .start();
            Thread listener = new Thread(() -> listen(walk, server, said), "walk");
            listener.setDaemon(true);
            listener.start();
            boolean ended = walk.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
            if (!ended) {
                end(walk);
            }
            listener.join(TimeUnit.MINUTES.toMillis(1));
            assertThat(ended).as("it did not end: " + said).isTrue();
            assertThat(walk.exitValue()).as(said.toString()).isZero();
        }
    }

    private void listen(Process walk, ChildServer server, StringBuffer said) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(walk.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.append(line).append('\n');
                if (line.startsWith(PLANT)) {
                    HostileLog.plant(server, line.substring(PLANT.length()), directory);
                }
            }
        } catch (Exception e) {
            said.append(e).append('\n');
            end(walk);
        }
    }

    private static void end(Process walk) {
        walk.descendants().forEach(ProcessHandle::destroyForcibly);
        walk.destroyForcibly();
    }
}
