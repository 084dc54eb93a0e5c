/** Jobs: from the submission through scheduling and the reports that come in to the end. */
@NullMarked
package io.bohrwerk.api.job;

import org.jspecify.annotations.NullMarked;
