/** Names of a guest's functions, out of its own files. */
@NullMarked
package io.bohrwerk.mergedlog.elf;

import org.jspecify.annotations.NullMarked;
