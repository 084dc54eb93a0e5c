package io.bohrwerk.emulator.plugin;

import io.bohrwerk.emulator.qemu.Pipes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Reads the plugin's lines as they come. */
public final class PluginStream implements Pipes.Sink {
    /** The plugin's own bound is a kilobyte. */
    private static final int LONGEST_LINE = 4 << 10;

    private final Consumer<PluginLine> into;

    /** @param into called on the reading thread */
    public PluginStream(Consumer<PluginLine> into) {
        this.into = into;
    }

    @Override
    public void readAll(InputStream in) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1), 1 << 16);
        StringBuilder line = new StringBuilder();
        for (int c = reader.read(); c >= 0; c = reader.read()) {
            if (c != '\n') {
                line.append((char) c);
                if (line.length() > LONGEST_LINE) {
                    throw new IOException("a line of the plugin's is longer than " + LONGEST_LINE + " bytes");
                }
            } else {
                into.accept(PluginLine.parse(line.toString()));
                line.setLength(0);
            }
        }
    }
}
