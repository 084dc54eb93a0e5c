package io.bohrwerk.protocol.schedule;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.bohrwerk.protocol.InvalidInputException;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A processor that a machine can have, by QEMU's own name ({@code -cpu}). What it tells of itself decides which instructions a kernel and its
 * tests choose, and which work-arounds a kernel switches on: other paths, of other lengths. Each of these boots the bundled targets under TCG of
 * QEMU 7.2, which leaves out what it cannot do of a newer one.
 */
public enum CpuModel {
    PENTIUM3("pentium3", false),
    ATHLON("athlon", false),
    COREDUO("coreduo", false),
    /** What 32-bit targets have when nobody chooses. */
    QEMU32("qemu32", false),
    /** What 64-bit targets have when nobody chooses. */
    QEMU64("qemu64", true),
    CORE2DUO("core2duo", true),
    PHENOM("phenom", true),
    NEHALEM("Nehalem", true),
    HASWELL("Haswell", true),
    EPYC("EPYC", true),
    /** All that the emulator's version can do. */
    MAX("max", true);

    private final String word;
    private final boolean wide;

    CpuModel(String word, boolean wide) {
        this.word = word;
        this.wide = wide;
    }

    /** As QEMU has it. */
    @JsonValue
    public String word() {
        return word;
    }

    /** @throws InvalidInputException when it is none of them */
    @JsonCreator
    public static CpuModel of(String word) {
        for (CpuModel known : values()) {
            if (known.word.equalsIgnoreCase(word)) {
                return known;
            }
        }
        String all = Arrays.stream(values()).map(CpuModel::word).collect(Collectors.joining(", "));
        throw new InvalidInputException("cpu", word, "must be one of " + all);
    }

    /** Whether it has a 64-bit mode. */
    public boolean wide() {
        return wide;
    }
}
