package io.bohrwerk.api.strategy;

/** What was counted of an arm. @param iterations counted, the failing ones included */
public record ArmCount(long batches, long iterations, long failures) {
    public static final ArmCount NOTHING = new ArmCount(0, 0, 0);
}
