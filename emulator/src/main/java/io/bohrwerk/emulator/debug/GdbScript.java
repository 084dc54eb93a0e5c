package io.bohrwerk.emulator.debug;

import io.bohrwerk.emulator.TargetFiles;
import io.bohrwerk.protocol.target.TargetBoot;
import io.bohrwerk.protocol.target.TargetMachine;
import io.bohrwerk.protocol.target.TargetManifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The command file with which gdb attaches to a {@link TimeTravelServer}. */
public final class GdbScript {
    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

    private GdbScript() {}

    /** Writes it, and beside it what gdb is given when the target has no ELF file: without any it warns. */
    public static void write(Path script, TargetFiles target, int port) throws IOException {
        boolean wide = target.manifest().machine().arch() == TargetMachine.Arch.X86_64;
        Path stub = script.resolveSibling("no-symbols.elf").toAbsolutePath();
        Files.write(stub, emptyElf(wide));
        Files.write(script, lines(target, port, stub));
    }

    /** Lines for {@code gdb -x}. The target's symbols, or its kernel, are given when they are an ELF file. */
    public static List<String> lines(TargetFiles target, int port) throws IOException {
        return lines(target, port, null);
    }

    private static List<String> lines(TargetFiles target, int port, @Nullable Path stub) throws IOException {
        TargetManifest manifest = target.manifest();
        boolean wide = manifest.machine().arch() == TargetMachine.Arch.X86_64;
        List<String> lines = new ArrayList<>(List.of(
                "set pagination off",
                "set confirm off",
                "# The guest is no process of this system, whose registers gdb would miss.",
                "set osabi none",
                "set architecture " + (wide ? "i386:x86-64" : "i386"),
                "# Going back starts an emulator, which on a busy host takes longer than gdb's two seconds.",
                "set remotetimeout 60",
                "set tcp connect-timeout 60"));
        TargetBoot boot = manifest.boot();
        String named = boot.symbols() == null ? boot.kernel() : boot.symbols();
        Path symbols = named == null ? null : target.directory().resolve(named).toAbsolutePath();
        Path file = symbols != null && isElf(symbols) ? symbols : stub;
        if (file != null) {
            lines.add("file " + quoted(file));
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

    /** The header of an executable without anything in it: System V ABI, chapter 4, ELF header. */
    private static byte[] emptyElf(boolean wide) {
        int size = wide ? 64 : 52;
        int word = wide ? Long.BYTES : Integer.BYTES;
        ByteBuffer header = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        header.put(ELF).put((byte) (wide ? 2 : 1)).put((byte) 1).put((byte) 1);
        header.putShort(16, (short) 2); // ET_EXEC
        header.putShort(18, (short) (wide ? 62 : 3)); // EM_X86_64, EM_386
        header.putInt(20, 1);
        int sizes = 24 + 3 * word + Integer.BYTES; // behind entry, both tables' offsets and the flags
        header.putShort(sizes, (short) size);
        header.putShort(sizes + 2, (short) (wide ? 56 : 32));
        header.putShort(sizes + 6, (short) (wide ? 64 : 40));
        return header.array();
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
