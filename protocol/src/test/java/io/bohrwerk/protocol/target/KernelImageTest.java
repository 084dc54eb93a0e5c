package io.bohrwerk.protocol.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.InvalidInputException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KernelImageTest {
    private static byte[] elf(int bits, int machine) {
        byte[] head = new byte[64];
        head[0] = 0x7f;
        head[1] = 'E';
        head[2] = 'L';
        head[3] = 'F';
        head[4] = (byte) (bits == 32 ? 1 : 2);
        head[18] = (byte) machine;
        head[19] = (byte) (machine >> 8);
        return head;
    }

    private static byte[] linux(int protocol, int flags) {
        byte[] head = new byte[1024];
        head[0x202] = 'H';
        head[0x203] = 'd';
        head[0x204] = 'r';
        head[0x205] = 'S';
        head[0x206] = (byte) protocol;
        head[0x207] = (byte) (protocol >> 8);
        head[0x236] = (byte) flags;
        return head;
    }

    private static TargetManifest on(String arch) {
        return TargetManifest.parse(
                "name: x\nmachine: {arch: " + arch + ", memory: 16MiB}\nboot: {kernel: vmlinuz}\ntest: {}\n");
    }

    private static void assertRefused(byte[] head, String arch, String field, String... words) {
        assertThatThrownBy(() -> KernelImage.of(head).requireFit(on(arch)))
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.field()).isEqualTo(field))
                .hasMessageContainingAll(words);
    }

    @Test
    void aKernelMustBeForItsMachine() {
        assertRefused(linux(0x20f, 0), "x86_64", "machine.arch", "x86_64", "must be i386", "vmlinuz");
        assertRefused(linux(0x20f, 0x3f), "i386", "machine.arch", "i386", "must be x86_64", "vmlinuz");
        assertRefused(elf(64, 62), "i386", "machine.arch", "i386", "must be x86_64");
        assertRefused(elf(64, 183), "x86_64", "boot.kernel", "vmlinuz", "ELF machine 183");
        assertRefused(elf(64, 3), "i386", "boot.kernel", "vmlinuz");
    }

    @Test
    void whatFitsOrSaysNothingPasses() {
        for (byte[] head : new byte[][] {linux(0x20f, 0x3f), elf(64, 62), elf(32, 3), new byte[0], {'x'}}) {
            assertThatCode(() -> KernelImage.of(head).requireFit(on("x86_64"))).doesNotThrowAnyException();
        }
        // Flags came with version 2.12; and a file may end anywhere.
        byte[] modern = linux(0x20f, 0x3f);
        for (byte[] head : new byte[][] {
            linux(0x20f, 0), elf(32, 3), linux(0x20b, 1), Arrays.copyOf(modern, 0x237), Arrays.copyOf(elf(64, 62), 19)
        }) {
            assertThatCode(() -> KernelImage.of(head).requireFit(on("i386"))).doesNotThrowAnyException();
        }
    }
}
