package io.bohrwerk.emulator;

/**
 * The line that decided how a batch ended, and between which instructions the guest printed it.
 *
 * @param serial whether it is on the first serial port; else it is on port 0xe9
 * @param line without its end, as UTF-8 decodes it
 * @param report whether it is the first line of a kernel's report; else it is the agent's {@code @bw fail}
 * @param after an instruction count seen before the line was read. A busy host may read a line late, so this is no promise
 * @param until an instruction count seen after the line was read
 */
public record FailureSpot(boolean serial, String line, boolean report, long after, long until) {}
