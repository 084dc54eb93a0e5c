package io.bohrwerk.protocol.worker;

/**
 * What a worker's cache did since its process began.
 *
 * @param hits snapshots that lay on the worker's disk when a machine needed them
 * @param fetched those that came from the blob store first
 * @param made those that nobody had: the target was booted for them
 * @param bytes on the disk now, of snapshots, targets and recordings together
 */
public record SnapshotCounts(long hits, long fetched, long made, long bytes) {}
