package io.bohrwerk.api.job;

/** Places that a batch was to try and did not come to, because it ended at a failure. */
public record Remainder(long place, int count) {}
