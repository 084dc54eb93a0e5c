package io.bohrwerk.protocol.batch;

import static io.bohrwerk.protocol.InvalidInputException.present;

/**
 * A point in a failing batch at which a new machine can begin.
 *
 * @param name {@link #START}, {@link #BEFORE} or {@link #FAILURE}
 * @param instruction the emulator's count there
 */
public record Checkpoint(String name, long instruction) {
    /** Where the batch began: the snapshot {@code ready} of its target, which all failures share. */
    public static final String START = "start";
    /** Just before the failing iteration: a snapshot in {@link ArtifactKind#SNAPSHOT}. */
    public static final String BEFORE = "before";
    /** Where the guest began to say that it failed, or stopped without a word: a snapshot in {@link ArtifactKind#SNAPSHOT}. */
    public static final String FAILURE = "failure";

    public Checkpoint {
        present(name, "name");
    }
}
