package io.bohrwerk.client;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Targets that a script makes out of Debian's packages. The script stands in the source tree, beside the agent it packs. */
public final class LinuxTarget {
    private static final String SCRIPT = "emulator/guest/linux/build-target";
    private static final String AGENT = "/guest/agent/init";
    private static final int SHOWN_LINES = 10;

    private LinuxTarget() {}

    /**
     * Builds a target that the script knows by name.
     *
     * @param name for example {@code linux-breakpoint}
     * @param parent the target's directory is made or refreshed here, under its name
     * @param state packages are kept in its {@code cache}, and fetched once
     * @param said told what the script says, line by line
     * @return the target's directory
     */
    public static Path build(String name, Path parent, Path state, Consumer<String> said)
            throws IOException, InterruptedException {
        return build(name, List.of(), parent.resolve(name), state, said);
    }

    /**
     * Builds a target of any kernel and test.
     *
     * @param kind of target, as the script knows it
     * @param options further words for the script; it says what is wrong with them
     * @param target its directory, made or refreshed
     */
    public static Path build(String kind, List<String> options, Path target, Path state, Consumer<String> said)
            throws IOException, InterruptedException {
        Path script = script();
        Path agent = Files.createDirectories(state.resolve("cache")).resolve("agent-init");
        try (InputStream in = LinuxTarget.class.getResourceAsStream(AGENT)) {
            if (in == null) {
                throw new FileNotFoundException("the class path has no " + AGENT);
            }
            Files.copy(in, agent, StandardCopyOption.REPLACE_EXISTING);
        }
        List<String> command = new ArrayList<>(List.of(
                script.toString(),
                kind,
                agent.toString(),
                target.toString(),
                state.resolve("cache").resolve("packages").toString()));
        command.addAll(options);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Deque<String> last = new ArrayDeque<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.accept(line);
                last.addLast(line);
                if (last.size() > SHOWN_LINES) {
                    last.removeFirst();
                }
            }
        } finally {
            process.destroy();
        }
        if (process.waitFor() != 0) {
            throw new IOException("building " + kind + " failed: " + String.join("; ", last));
        }
        return target;
    }

    private static Path script() throws IOException {
        @Nullable String tree = System.getenv("BOHRWERK_TREE");
        Path at = Path.of(tree == null ? "" : tree).toAbsolutePath();
        for (Path root = at; root != null; root = root.getParent()) {
            if (Files.isExecutable(root.resolve(SCRIPT))) {
                return root.resolve(SCRIPT);
            }
        }
        throw new FileNotFoundException(
                "there is no " + SCRIPT + " in or above " + at + "; run this from the source tree");
    }
}
