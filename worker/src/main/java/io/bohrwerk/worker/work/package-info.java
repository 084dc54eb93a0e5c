/** What runs one kind of work, and how its trouble is told. */
@NullMarked
package io.bohrwerk.worker.work;

import org.jspecify.annotations.NullMarked;
