package io.bohrwerk.protocol.traced;

/**
 * One iteration of a plan.
 *
 * @param delay instructions, aligned to the tick
 * @param offset where a tick after the delay lands, in instructions from the delay's end
 * @param place what is there, by its index in {@link TestTrace#places}
 */
public record Placement(long delay, int offset, int place) {}
