package io.bohrwerk.protocol.batch;

/** What an artifact is: of a failure or of a replay of it, where nothing else is said. */
public enum ArtifactKind {
    /** Guest console and emulator log in the order in which they happened; text, zstd. */
    MERGED_LOG("merged.log.zst", "application/zstd"),
    /** Where everything in it is, see {@link io.bohrwerk.mergedlog.LogReader}. */
    MERGED_LOG_INDEX("merged.log.idx", "application/octet-stream"),
    /** A qcow2 image with the snapshots {@code before} (just before the failing iteration) and {@code failure}. */
    SNAPSHOT("snapshot.qcow2", "application/octet-stream"),
    /** QEMU's record/replay log of the batch from the snapshot {@code ready}. */
    RECORDING("recording.rr", "application/octet-stream"),
    /** What the traced strategy tries at one shift, see {@link io.bohrwerk.protocol.traced.TracedPlan}; belongs to a job. */
    TRACED_PLAN("traced.plan", "application/octet-stream"),
    /** All coordinates, instruction counts and digests, as JSON. */
    MANIFEST("manifest.json", "application/json"),
    /** A {@link io.bohrwerk.mergedlog.divergence.Divergence}, as JSON: where the failing iteration and a passing one went apart. */
    DIVERGENCE("divergence.json", "application/json"),
    /** An {@link io.bohrwerk.mergedlog.divergence.Adjacent}, as JSON: two schedules next to each other, one of which fails. */
    ADJACENT("adjacent.json", "application/json"),
    /** A {@link io.bohrwerk.protocol.when.WhenCurve}, as JSON: how likely the failure is from points further and further back. */
    WHEN_CURVE("when.json", "application/json");

    private final String fileName;
    private final String mediaType;

    ArtifactKind(String fileName, String mediaType) {
        this.fileName = fileName;
        this.mediaType = mediaType;
    }

    public String fileName() {
        return fileName;
    }

    public String mediaType() {
        return mediaType;
    }
}
