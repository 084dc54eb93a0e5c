package io.bohrwerk.cli;

import io.bohrwerk.server.ChildServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How a process ended, and what it said on both its streams. */
record Output(int status, String text) {
    String lastLine() {
        return text.substring(text.strip().lastIndexOf('\n') + 1).strip();
    }

    /**
     * Of {@code bohrwerk} with these arguments.
     *
     * @param environment added to this process's own
     */
    static Output ofCommand(Path state, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        ProcessBuilder builder = ChildServer.launch(state, arguments);
        builder.environment().putAll(environment);
        return of(builder.start());
    }

    /** Of a command in a directory, with nothing on its standard input; ended after ten minutes, for hosts that are busy. */
    static Output ofScript(Path directory, String... command) throws IOException, InterruptedException {
        List<String> bounded = new ArrayList<>(List.of("timeout", "-k", "5", "600"));
        bounded.addAll(List.of(command));
        Process process = new ProcessBuilder(bounded)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        return of(process);
    }

    private static Output of(Process process) throws IOException, InterruptedException {
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Output(process.waitFor(), text);
    }

    /** Of gdb at a bundle that {@code bohrwerk debug} has open: what these commands print there. */
    static Output ofDebugger(Path bundle, String... commands) throws IOException, InterruptedException {
        List<String> gdb = new ArrayList<>(List.of("gdb", "-nx", "-q", "-batch", "-x", "attach.gdb"));
        for (String command : commands) {
            gdb.addAll(List.of("-ex", command));
        }
        return ofScript(bundle, gdb.toArray(String[]::new));
    }

    /** Waits until a process that goes on has said a line that ends like this. */
    static void awaitLine(Process process, String end) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder said = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            said.append(line).append('\n');
            if (line.endsWith(end)) {
                return;
            }
        }
        throw new AssertionError("it ended instead of saying '" + end + "': " + said);
    }
}
