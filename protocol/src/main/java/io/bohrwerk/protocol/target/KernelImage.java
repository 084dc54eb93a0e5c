package io.bohrwerk.protocol.target;

import io.bohrwerk.protocol.InvalidInputException;
import java.util.Optional;

/**
 * For which processor a kernel is, as far as its first bytes say it for certain. A 32-bit ELF may hold 64-bit code behind a 32-bit entry, as
 * multiboot wants it, and is good for both; of what is neither ELF nor a Linux image nothing is said, and the emulator decides.
 *
 * @param processor in words for people; empty when nothing is certain
 * @param arch the only architecture that it can be for; empty when it may be for several, or, with a processor named, for none that is here
 */
public record KernelImage(String processor, Optional<TargetMachine.Arch> arch) {
    /** ELF-32 and ELF-64, figure 1-3: e_ident and e_machine. */
    private static final int ELF_CLASS = 4;

    private static final int ELF_CLASS_32 = 1;
    private static final int ELF_MACHINE = 18;
    private static final int EM_386 = 3;
    private static final int EM_X86_64 = 62;

    /** Linux, Documentation/arch/x86/boot.rst: the magic number "HdrS", the protocol's version, xloadflags from 2.12 on. */
    private static final int LINUX_MAGIC = 0x202;

    private static final int LINUX_VERSION = 0x206;
    private static final int LINUX_VERSION_WITH_FLAGS = 0x20c;
    private static final int LINUX_FLAGS = 0x236;
    private static final int LINUX_FLAG_KERNEL_64 = 1;

    private static final KernelImage UNKNOWN = new KernelImage("", Optional.empty());

    /** @param head the kernel's first bytes: 1 KiB is enough, fewer say less */
    public static KernelImage of(byte[] head) {
        if (startsWith(head, 0, "\177ELF") && head.length > ELF_MACHINE + 1) {
            return elf(head[ELF_CLASS], number(head, ELF_MACHINE));
        }
        if (startsWith(head, LINUX_MAGIC, "HdrS")
                && head.length > LINUX_FLAGS + 1
                && number(head, LINUX_VERSION) >= LINUX_VERSION_WITH_FLAGS) {
            return (number(head, LINUX_FLAGS) & LINUX_FLAG_KERNEL_64) != 0
                    ? new KernelImage("x86_64", Optional.of(TargetMachine.Arch.X86_64))
                    : new KernelImage("i386", Optional.of(TargetMachine.Arch.I386));
        }
        return UNKNOWN;
    }

    private static KernelImage elf(int elfClass, int machine) {
        if (machine == EM_X86_64) {
            return new KernelImage("x86_64", Optional.of(TargetMachine.Arch.X86_64));
        }
        if (machine == EM_386 && elfClass == ELF_CLASS_32) {
            return UNKNOWN;
        }
        return new KernelImage("another processor: ELF machine " + machine, Optional.empty());
    }

    /** @throws InvalidInputException when the machine of the manifest cannot run it */
    public void requireFit(TargetManifest manifest) {
        String kernel = InvalidInputException.present(manifest.boot().kernel(), "boot.kernel");
        if (!processor.isEmpty() && arch.isEmpty()) {
            throw new InvalidInputException(
                    "boot.kernel", kernel, "must be for i386 or x86_64, and is for " + processor);
        }
        arch.ifPresent(only -> InvalidInputException.require(
                only == manifest.machine().arch(),
                "machine.arch",
                manifest.machine().arch() == TargetMachine.Arch.I386 ? "i386" : "x86_64",
                "must be " + processor + ": for that is the kernel in " + kernel));
    }

    private static boolean startsWith(byte[] bytes, int at, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (at + i >= bytes.length || bytes[at + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static int number(byte[] bytes, int at) {
        return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
    }
}
