package io.bohrwerk.protocol.traced;

/**
 * One iteration of a plan.
 *
 * @param delay instructions, aligned to the tick
 * @param offset where the first tick after the delay lands, in instructions from the delay's end
 * @param place what is there
 */
public record Placement(long delay, int offset, Place place) {}
