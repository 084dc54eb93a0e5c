/** The traced strategy: where an interrupt can land in a test, and in which order the places are tried. Pure. */
@NullMarked
package io.bohrwerk.protocol.traced;

import org.jspecify.annotations.NullMarked;
