package io.bohrwerk.protocol.batch;

import static io.bohrwerk.protocol.InvalidInputException.require;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What an emulator can log of a guest while it replays, in the words of QEMU's {@code -d help}. Those that speak of QEMU's own
 * translation, or of programs instead of machines, are left out. None changes what the guest does; {@link #EXEC} and {@link #CPU} write
 * tens of bytes, and a kilobyte, for each block of a few instructions.
 */
public enum LogClass {
    /** Interrupts and exceptions, with all registers. */
    INT("int"),
    /** Each block of instructions as it is run. */
    EXEC("exec"),
    /** The instructions of each block, when it is first met. */
    IN_ASM("in_asm"),
    /** All registers before each block. */
    CPU("cpu"),
    /** The floating-point registers, too. */
    FPU("fpu"),
    MMU("mmu"),
    /** Far calls, returns and exceptions in protected mode. */
    PCALL("pcall"),
    CPU_RESET("cpu_reset"),
    UNIMP("unimp"),
    GUEST_ERRORS("guest_errors"),
    /** Lets {@link #EXEC} and {@link #CPU} miss no block. */
    NOCHAIN("nochain");

    private final String word;

    LogClass(String word) {
        this.word = word;
    }

    /** As the emulator has it. */
    public String word() {
        return word;
    }

    /** As the emulator takes them, divided by commas. */
    public static String words(Collection<LogClass> classes) {
        return classes.stream().map(LogClass::word).collect(Collectors.joining(","));
    }

    /** @throws io.bohrwerk.protocol.InvalidInputException when it is none of them */
    public static LogClass of(String word) {
        List<LogClass> found =
                Arrays.stream(values()).filter(known -> known.word.equals(word)).toList();
        require(
                !found.isEmpty(),
                "logClasses",
                word,
                "must be one of " + words(List.of(values())).replace(",", ", "));
        return found.get(0);
    }
}
