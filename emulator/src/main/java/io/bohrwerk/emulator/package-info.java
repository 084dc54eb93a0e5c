/**
 * One emulated machine: boot it to a snapshot, run a batch from there under a schedule, always recorded, and replay the recording.
 *
 * <p>The door is {@link io.bohrwerk.emulator.Emulator}, which makes {@link io.bohrwerk.emulator.Machine}s. Behind a machine: its directory
 * and the emulator in it ({@code MachineHome}), the boot ({@code Preparation}), batches ({@code BatchWatch}, judged by {@code Ending}),
 * replays ({@code Replaying}, compared by {@code Verification}), {@code Stations} along a batch, and {@code Tracing}. Nothing here knows of
 * queues, databases or Spring.
 */
@NullMarked
package io.bohrwerk.emulator;

import org.jspecify.annotations.NullMarked;
