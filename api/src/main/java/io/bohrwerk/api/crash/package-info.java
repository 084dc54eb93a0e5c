/** Crashes: all failures of one signature. */
@NullMarked
package io.bohrwerk.api.crash;

import org.jspecify.annotations.NullMarked;
