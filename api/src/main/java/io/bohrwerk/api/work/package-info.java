/** The lifecycle of work that workers do, the same for every kind: attempts, retries, what fell silent, reports in. */
@NullMarked
package io.bohrwerk.api.work;

import org.jspecify.annotations.NullMarked;
