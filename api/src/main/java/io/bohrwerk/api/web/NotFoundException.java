package io.bohrwerk.api.web;

/** Something that was asked for by its id and is not there. */
public final class NotFoundException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param kind what it is: {@code job}, {@code failure} */
    public NotFoundException(String kind, Object id) {
        super("there is no " + kind + " '" + id + "'");
    }
}
