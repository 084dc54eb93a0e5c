/** A failure as one file that replays on a machine with nothing but QEMU and gdb. */
@NullMarked
package io.bohrwerk.api.bundle;

import org.jspecify.annotations.NullMarked;
