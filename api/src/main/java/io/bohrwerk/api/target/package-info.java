/** Targets: uploaded once, content-addressed, immutable. */
@NullMarked
package io.bohrwerk.api.target;

import org.jspecify.annotations.NullMarked;
