package io.bohrwerk.protocol.schedule;

import io.bohrwerk.protocol.InvalidInputException;

/** The bounds of QEMU's icount shift, at which an instruction lasts 2<sup>shift</sup> ns of virtual time. */
public final class Shift {
    public static final int SMALLEST = 0;
    /** QEMU's own limit ({@code MAX_ICOUNT_SHIFT}): above it an instruction would last longer than a microsecond. */
    public static final int LARGEST = 10;

    private Shift() {}

    /** @throws InvalidInputException when it is not a shift */
    public static int require(String field, int shift) {
        InvalidInputException.require(
                shift >= SMALLEST && shift <= LARGEST, field, shift, "must be between " + SMALLEST + " and " + LARGEST);
        return shift;
    }

    /**
     * Below the shift that a guest booted at, virtual time would go backwards: Linux booted at 4 and run at 2 executed 4.4 billion
     * instructions without a timer interrupt (QEMU 7.2).
     *
     * @throws InvalidInputException when a guest that booted at {@code bootShift} cannot run at this one
     */
    public static int requireAfterBoot(String field, int shift, int bootShift) {
        InvalidInputException.require(
                shift >= bootShift,
                field,
                shift,
                "must not be below the target's bootShift of " + bootShift
                        + ": virtual time would go backwards, and no timer would fire until it has caught up");
        return shift;
    }
}
