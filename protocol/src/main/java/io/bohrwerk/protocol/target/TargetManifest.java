package io.bohrwerk.protocol.target;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.protocol.Documents;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.schedule.CpuModel;
import io.bohrwerk.protocol.schedule.ExtraInterrupt;
import io.bohrwerk.protocol.schedule.Setting;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A target's {@code target.yaml}: the machine, what it boots and what is tested.
 *
 * @param name for people: letters, digits, dot, dash and underscore; up to 80
 */
public record TargetManifest(String name, TargetMachine machine, TargetBoot boot, TargetTest test) {
    /** The manifest's own name in a bundle. */
    public static final String FILE_NAME = "target.yaml";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,79}");

    public TargetManifest {
        require(
                NAME.matcher(present(name, "name")).matches(),
                "name",
                name,
                "must be 1 to 80 letters, digits, dots, dashes or underscores");
        present(machine, "machine");
        present(boot, "boot");
        present(test, "test");
        require(
                !machine.severalCpus() || boot.disks().isEmpty(),
                "machine.cpus",
                machine.cpus(),
                "must be 1 with disks: QEMU records only one CPU, and the host decides when a disk's request completes, so a batch"
                        + " would go another way each time");
    }

    /**
     * Whether a batch of this target is a pure function of its coordinates: two runs agree byte for byte. With a disk they do not, as the
     * host decides when a request completes; a recording of such a run still replays.
     */
    public boolean repeatable() {
        return boot.disks().isEmpty();
    }

    public static TargetManifest parse(String yaml) {
        return Documents.fromYaml(yaml, TargetManifest.class);
    }

    /**
     * The same target in a machine with a setting.
     *
     * @throws io.bohrwerk.protocol.InvalidInputException when the target cannot run in it
     */
    public TargetManifest under(@Nullable Setting setting) {
        if (setting == null || setting.usual()) {
            return this;
        }
        requireServes(setting, "setting");
        TargetMachine other = new TargetMachine(
                machine.arch(),
                machine.memory(),
                machine.cpus(),
                machine.bootShift(),
                setting.timerHz() == null ? machine.timerPeriod() : VirtualTime.ofHertz(setting.timerHz()),
                setting.cpu() == null ? machine.cpu() : setting.cpu(),
                machine.timerHz());
        return new TargetManifest(name, other, boot, test);
    }

    /** Refuses slices where there are no CPUs to take turns. @param field that has them, for the message */
    public void requireServes(List<Integer> slices, String field) {
        require(
                slices.isEmpty() || machine.severalCpus(),
                field,
                slices,
                "must be empty: the target has one CPU, and slices say how often several take turns");
    }

    /**
     * Refuses a setting that the target cannot run in.
     *
     * @param field that has it, for the message
     * @throws io.bohrwerk.protocol.InvalidInputException which names the part of the setting, and why
     */
    public void requireServes(Setting setting, String field) {
        CpuModel cpu = setting.cpu();
        require(
                cpu == null || cpu.wide() || machine.arch() == TargetMachine.Arch.I386,
                field + ".cpu",
                cpu == null ? "" : cpu.word(),
                "must have a 64-bit mode: the target is for x86_64");
        ExtraInterrupt extra = setting.extra();
        require(
                extra == null || test.extraInterrupt(),
                field + ".extra",
                String.valueOf(extra),
                "needs an agent that can raise an interrupt: the target's test does not say extraInterrupt: true");
        require(
                extra == null || Setting.counted(setting),
                field + ".extra",
                String.valueOf(extra),
                "needs counted instructions: with icount off no interrupt can be put at one");
        Integer hz = setting.timerHz();
        if (hz != null) {
            HertzRange range = machine.timerHz();
            if (range == null) {
                throw new InvalidInputException(
                        field + ".timerHz",
                        hz,
                        "needs a guest whose timer rate can be set: the target's machine has no timerHz. In a kernel such as Linux"
                                + " the tick is compiled in");
            }
            require(
                    range.holds(hz),
                    field + ".timerHz",
                    hz,
                    "must be between " + range.least() + " and " + range.most() + ", as the target's machine has it");
        }
    }
}
