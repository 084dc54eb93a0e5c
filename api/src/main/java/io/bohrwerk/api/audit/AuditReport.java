package io.bohrwerk.api.audit;

import java.util.List;

/**
 * What an audit saw.
 *
 * @param blobs in the store
 * @param bytes of them
 * @param names in the store
 * @param references from rows and names to blobs
 * @param youngBlobs that nothing refers to, and that are too young to be orphans: their report is still on its way
 * @param deletedBlobs orphans that were taken away
 * @param total findings of each kind that was found; {@code findings} may list fewer
 */
record AuditReport(
        long blobs,
        long bytes,
        long names,
        long references,
        long youngBlobs,
        long deletedBlobs,
        long total,
        List<Finding> findings) {
    enum Kind {
        /** A row or a name refers to a blob that is not in the store. */
        MISSING_BLOB,
        /** A blob has another size than its row says. */
        WRONG_SIZE,
        /** A blob's bytes are not what its digest says, or cannot be read. Looked for only when asked. */
        DAMAGED_BLOB,
        /** Nothing refers to a blob: a worker died between storing and reporting, or what referred to it was deleted. */
        ORPHAN_BLOB,
        /** Rows that cannot both be true. */
        CONTRADICTION,
        /** A message that could not be taken in. */
        DEAD_LETTER
    }

    /**
     * @param subject what it is about: a digest, or a row as {@code job 7f3a…}
     * @param what for people
     */
    record Finding(Kind kind, String subject, String what) {}
}
