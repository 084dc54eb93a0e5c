package io.bohrwerk.api.crash;

/** What people say about a crash. */
public enum CrashState {
    /** To be looked at; so is every new one. */
    OPEN,
    /** Repaired. A failure that comes later opens it again. */
    FIXED,
    /** Not a bug of the target: a test's own mistake, say. */
    INVALID,
    /** The same bug as another crash. */
    DUPLICATE
}
