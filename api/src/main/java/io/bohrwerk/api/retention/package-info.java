/** How long failures keep their artifacts. */
@NullMarked
package io.bohrwerk.api.retention;

import org.jspecify.annotations.NullMarked;
