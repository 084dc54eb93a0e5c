package io.bohrwerk.emulator;

import io.bohrwerk.mergedlog.elf.ElfSymbols;
import io.bohrwerk.mergedlog.elf.Symbols;
import io.bohrwerk.protocol.target.TargetBoot;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The names of a target's functions: out of the file that its manifest names for them, else out of its kernel when that is an ELF file. */
public final class TargetSymbols {
    private static final Logger log = LoggerFactory.getLogger(TargetSymbols.class);

    private TargetSymbols() {}

    /** A file that cannot be read costs the names and nothing else. */
    public static Symbols of(TargetFiles target) {
        TargetBoot boot = target.manifest().boot();
        String named = boot.symbols() == null ? boot.kernel() : boot.symbols();
        if (named == null) {
            return Symbols.NONE;
        }
        Path file = target.directory().resolve(named);
        try {
            return ElfSymbols.isElf(file) ? ElfSymbols.read(file) : Symbols.NONE;
        } catch (IOException e) {
            log.warn("target {}: {}", target.manifest().name(), e.getMessage());
            return Symbols.NONE;
        }
    }
}
