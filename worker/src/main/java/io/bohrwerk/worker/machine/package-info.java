/** The emulators of this host, and machines kept ready. */
@NullMarked
package io.bohrwerk.worker.machine;

import org.jspecify.annotations.NullMarked;
