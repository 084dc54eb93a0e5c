package io.bohrwerk.api.web;

/** A JSON body that people write, read strictly. */
public interface RequestDocument {
    /** The attribute of a request under which its document's text is found, once it has been read. */
    String TEXT = RequestDocument.class.getName() + ".text";
}
