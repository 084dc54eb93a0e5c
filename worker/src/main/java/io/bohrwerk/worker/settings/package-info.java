/** What a worker can be told. */
@NullMarked
package io.bohrwerk.worker.settings;

import org.jspecify.annotations.NullMarked;
