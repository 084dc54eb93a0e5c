/** What a user brings: an immutable, content-addressed bundle of a manifest and its files. */
@NullMarked
package io.bohrwerk.protocol.target;

import org.jspecify.annotations.NullMarked;
