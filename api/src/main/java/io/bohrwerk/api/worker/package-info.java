/** Workers, as their heartbeats describe them. */
@NullMarked
package io.bohrwerk.api.worker;

import org.jspecify.annotations.NullMarked;
