/** What decided a failure: two runs compared, and searches over runs. */
@NullMarked
package io.bohrwerk.worker.search;

import org.jspecify.annotations.NullMarked;
