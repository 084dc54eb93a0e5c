package io.bohrwerk.api.web;

import java.io.IOException;
import java.io.InputStream;

/** Bytes that never change, of which any part can be had. */
public interface Download {
    /** In bytes. */
    long size();

    /** Tells these bytes from all others; plain ASCII without quotes. */
    String tag();

    /**
     * A part as a stream, which the caller closes.
     *
     * @param offset of the first byte
     * @param length most bytes to give
     * @throws io.bohrwerk.blob.NoSuchBlobException when the bytes are gone
     */
    InputStream open(long offset, long length) throws IOException;
}
