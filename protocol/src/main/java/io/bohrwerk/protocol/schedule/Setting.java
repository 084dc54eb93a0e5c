package io.bohrwerk.protocol.schedule;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What is other than usual in the machine that runs a batch. A part of its coordinates. What a target must bring along for it is checked by
 * {@link io.bohrwerk.protocol.target.TargetManifest#requireServes}.
 *
 * @param cpu the machine's processor; null for the usual one
 * @param extra an interrupt more in each iteration; null for none
 * @param timerHz timer interrupts a second; null for the guest's own
 * @param logging true while the emulator also writes its log of interrupts, to nowhere, as it runs the batch: what it costs is there. Null for not
 * @param icount false where instructions are not counted, and nothing is recorded: the emulator runs as anyone's does, interrupts come by the
 *     host's clock, and a failure can be counted but not replayed. Null for counted
 * @param emulator the release of QEMU that is to run it; null for whichever the worker takes first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Setting(
        @Nullable CpuModel cpu,
        @Nullable ExtraInterrupt extra,
        @Nullable Integer timerHz,
        @Nullable Boolean logging,
        @Nullable Boolean icount,
        @Nullable Release emulator) {
    /** Nothing is. */
    public static final Setting USUAL = new Setting(null, null, null, null, null, null);

    @JsonCreator
    public Setting {
        logging = Boolean.TRUE.equals(logging) ? logging : null;
        icount = Boolean.FALSE.equals(icount) ? icount : null;
    }

    /** Another processor. */
    public Setting(CpuModel cpu) {
        this(cpu, null, null, null, null, null);
    }

    /** Another emulator. */
    public Setting(Release emulator) {
        this(null, null, null, null, null, emulator);
    }

    /** On any emulator. */
    public Setting(
            @Nullable CpuModel cpu,
            @Nullable ExtraInterrupt extra,
            @Nullable Integer timerHz,
            @Nullable Boolean logging,
            @Nullable Boolean icount) {
        this(cpu, extra, timerHz, logging, icount, null);
    }

    @JsonIgnore
    public boolean usual() {
        return equals(USUAL);
    }

    /** Whether instructions are counted and runs recorded. */
    public static boolean counted(@Nullable Setting setting) {
        return setting == null || setting.icount == null;
    }

    /** The release that is asked for; null where any will do. */
    public static @Nullable Release emulator(@Nullable Setting setting) {
        return setting == null ? null : setting.emulator;
    }

    /** The same on another emulator. @param emulator null for any @return null where nothing is other than usual */
    public static @Nullable Setting on(@Nullable Release emulator, @Nullable Setting setting) {
        Setting from = setting == null ? USUAL : setting;
        Setting other = new Setting(from.cpu, from.extra, from.timerHz, from.logging, from.icount, emulator);
        return other.usual() ? null : other;
    }

    /** Whether the emulator logs while it runs. */
    public static boolean logged(@Nullable Setting setting) {
        return setting != null && setting.logging != null;
    }

    /** With a seed for what is drawn, where none was given. */
    public Setting seeded(long seed) {
        return extra == null ? this : new Setting(cpu, extra.seeded(seed), timerHz, logging, icount, emulator);
    }

    /** Of the job's batch with this number. */
    public Setting ofBatch(long number) {
        return extra == null ? this : new Setting(cpu, extra.ofBatch(number), timerHz, logging, icount, emulator);
    }
}
