/** The REST API as the command line needs it, and what is printed of its answers. */
@NullMarked
package io.bohrwerk.client;

import org.jspecify.annotations.NullMarked;
