/** What is in merged logs, by their indexes. */
@NullMarked
package io.bohrwerk.api.log;

import org.jspecify.annotations.NullMarked;
