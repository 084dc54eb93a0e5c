package io.bohrwerk.protocol.target;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bohrwerk.protocol.ByteSize;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.schedule.CpuModel;
import io.bohrwerk.protocol.schedule.Shift;
import org.jspecify.annotations.Nullable;

/**
 * The machine of a target.
 *
 * @param memory 4 MiB to 8 GiB, whole mebibytes
 * @param cpus 1 to {@value #MOST_CPUS}. With more than one, batches are counted and not recorded: see {@link io.bohrwerk.protocol.batch.Again}
 * @param bootShift icount shift while booting, see {@link Shift}
 * @param timerPeriod virtual time between two timer interrupts, from which a random phase is drawn
 * @param cpu the processor's model; null for the usual one, {@code qemu32} or {@code qemu64}
 * @param timerHz range in which the agent can set the timer, as {@code [100, 1000]}; null when it cannot
 */
public record TargetMachine(
        Arch arch,
        ByteSize memory,
        int cpus,
        int bootShift,
        VirtualTime timerPeriod,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable CpuModel cpu,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable HertzRange timerHz) {
    /** CPUs that a guest may have; the bare-metal library starts as many. */
    public static final int MOST_CPUS = 8;

    private static final int SMALLEST_MEMORY_MIB = 4;
    private static final int LARGEST_MEMORY_MIB = 8 << 10;
    private static final int DEFAULT_BOOT_SHIFT = 4;
    /** Linux with CONFIG_HZ=250, as Debian builds it. */
    private static final VirtualTime DEFAULT_TIMER_PERIOD = VirtualTime.parse("4ms");

    public TargetMachine {
        present(arch, "arch");
        long mebibytes = present(memory, "memory").mebibytes();
        require(
                mebibytes >= SMALLEST_MEMORY_MIB
                        && mebibytes <= LARGEST_MEMORY_MIB
                        && memory.equals(ByteSize.ofMebibytes(mebibytes)),
                "memory",
                memory,
                "must be whole mebibytes from 4MiB to 8GiB");
        require(cpus >= 1 && cpus <= MOST_CPUS, "cpus", cpus, "must be between 1 and " + MOST_CPUS);
        Shift.require("bootShift", bootShift);
        require(
                cpu == null || cpu.wide() || arch == Arch.I386,
                "cpu",
                String.valueOf(cpu == null ? null : cpu.word()),
                "must have a 64-bit mode: the target is for x86_64");
    }

    /** The processor's model, chosen or usual. */
    public CpuModel model() {
        CpuModel usual = arch == Arch.I386 ? CpuModel.QEMU32 : CpuModel.QEMU64;
        return cpu == null ? usual : cpu;
    }

    /** Whether there is more than one CPU. */
    public boolean severalCpus() {
        return cpus > 1;
    }

    @JsonCreator
    static TargetMachine of(
            Arch arch,
            ByteSize memory,
            @Nullable Integer cpus,
            @Nullable Integer bootShift,
            @Nullable VirtualTime timerPeriod,
            @Nullable CpuModel cpu,
            @Nullable HertzRange timerHz) {
        return new TargetMachine(
                arch,
                memory,
                cpus == null ? 1 : cpus,
                bootShift == null ? DEFAULT_BOOT_SHIFT : bootShift,
                timerPeriod == null ? DEFAULT_TIMER_PERIOD : timerPeriod,
                cpu,
                timerHz);
    }

    /** The processor architecture, and with it the emulator's binary. */
    public enum Arch {
        @JsonProperty("i386")
        I386("qemu-system-i386"),
        @JsonProperty("x86_64")
        X86_64("qemu-system-x86_64");

        private final String qemuBinary;

        Arch(String qemuBinary) {
            this.qemuBinary = qemuBinary;
        }

        /** The name of QEMU's binary for it. A recording made by one binary is replayed only by the same one. */
        public String qemuBinary() {
            return qemuBinary;
        }
    }
}
