package io.bohrwerk.emulator.debug;

import io.bohrwerk.emulator.TargetFiles;
import io.bohrwerk.protocol.target.TargetManifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The command file with which gdb attaches to a {@link TimeTravelServer}. */
public final class GdbScript {
    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

    private GdbScript() {}

    /** Lines for {@code gdb -x}. The target's symbols, or its kernel, are given when they are an ELF file. */
    public static List<String> lines(TargetFiles target, int port) throws IOException {
        TargetManifest manifest = target.manifest();
        boolean wide = manifest.machine().arch() == TargetManifest.Arch.X86_64;
        List<String> lines = new ArrayList<>(List.of(
                "set pagination off",
                "set confirm off",
                "set architecture " + (wide ? "i386:x86-64" : "i386"),
                "# Going back starts an emulator, which on a busy host takes longer than gdb's two seconds.",
                "set remotetimeout 60",
                "set tcp connect-timeout 60"));
        TargetManifest.Boot boot = manifest.boot();
        String named = boot.symbols() == null ? boot.kernel() : boot.symbols();
        if (named != null) {
            Path symbols = target.directory().resolve(named).toAbsolutePath();
            if (isElf(symbols)) {
                lines.add("file " + quoted(symbols));
            }
        }
        lines.addAll(List.of(
                "# 'monitor goto' moves behind gdb's back: make it look again.",
                "define hookpost-monitor",
                "  maintenance flush register-cache",
                "  maintenance flush dcache",
                "end",
                "target remote 127.0.0.1:" + port));
        return lines;
    }

    private static String quoted(Path path) {
        return "\"" + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static boolean isElf(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(ELF.length), ELF);
        }
    }
}
