package io.bohrwerk.protocol.schedule;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What is other than usual in the machine that runs a batch. A part of its coordinates.
 *
 * @param cpu the machine's processor; null for the usual one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Setting(@Nullable CpuModel cpu) {
    /** Nothing is. */
    public static final Setting USUAL = new Setting(null);

    public boolean usual() {
        return equals(USUAL);
    }
}
