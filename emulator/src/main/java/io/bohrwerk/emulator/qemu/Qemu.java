package io.bohrwerk.emulator.qemu;

import io.bohrwerk.protocol.schedule.Release;

/**
 * A QEMU on this host, for one architecture, and what it can do. Whatever Bohrwerk does one way with one version and another way with another
 * is decided from this record and nowhere else. {@link QemuProbe} fills it in by trying the binary; version numbers are not compared.
 *
 * <p>What has been the same on every version measured (7.2.22, 10.0.2, 11.1.3) is not in here:
 *
 * <ul>
 *   <li>Recording and replaying are refused for a machine of several processors. A run from the same snapshot with the same configuration
 *       repeats it, so nothing is lost but QEMU's own checks.
 *   <li>A snapshot cannot be continued at a smaller shift than its own: virtual time is the instruction count shifted, so the clock goes back
 *       and no timer fires until it has caught up.
 *   <li>Recording from a snapshot taken without {@code rr=} aborts where bit 31 of its instruction count is set: see {@link StoredClock}.
 * </ul>
 *
 * @param version the binary's name and the first line that it prints for {@code --version}: a part of every batch's coordinates
 * @param stepping how to make it translate each instruction on its own
 * @param severalCpus whether processors take turns while instructions are counted. 7.2 gives the first one all the time up to the next
 *     timer and the second one next to nothing, and Linux hangs at "Booting SMP configuration"; 10.0.2 and 11.1.3 divide it. Probed by a
 *     guest whose second processor has 20,000 instructions to execute while the first one loops
 * @param hpet whether a machine may have an HPET. On 10.0.2 and 11.1.3 the HPET's timers run on while their interrupts are disabled, as Linux
 *     leaves them, and on 10.0.2 the time at which one was last armed is not in a snapshot: a replay that continues from a snapshot taken
 *     during a replay misses the timer's next expiry and hangs there. 8 of 8 Linux replays did, 0 of 8 without an HPET. Probed by a guest that
 *     looks at a disabled timer's status bit. Without an HPET Linux uses the TSC and the ACPI timer
 * @param exitPauses whether {@code isa-debug-exit} is a shutdown like any other, which leaves the machine paused ({@code -action
 *     shutdown=pause}) and gives QEMU its exit status once it ends: 10.0.2, 11.1.3. On 7.2 it ends the process at once, and the instruction
 *     count with it
 * @param pluginApi the newest version of TCG's plugin API that it accepts: 1 in 7.2, 4 in 10.0, 7 in 11.1; 0 where it was built without plugins.
 *     Told by its refusal of a plugin from the future
 */
public record Qemu(
        String version, Stepping stepping, boolean severalCpus, boolean hpet, boolean exitPauses, int pluginApi) {
    /** How QEMU is told to put one instruction into each translation block, so that a plugin can stop it at any instruction. */
    public enum Stepping {
        /** By the monitor's command {@code singlestep}: 7.2. */
        SINGLESTEP("singlestep on"),
        /** By a property of the accelerator, which is what is probed for: 10.0.2, 11.1.3. */
        ONE_INSN_PER_TB("one-insn-per-tb on");

        private final String command;

        Stepping(String command) {
            this.command = command;
        }

        /** For the human monitor, before the machine starts. */
        public String command() {
            return command;
        }
    }

    /** The first release whose {@link #severalCpus} holds, for messages. */
    public static final String SEVERAL_CPUS_SINCE = "QEMU 8.1 or newer";

    /** The number in its version, for example {@code 10.0.2}. */
    public String release() {
        return Release.in(version);
    }
}
