/** Where two iterations went apart, one that failed and one that passed: what workers find out, the API hands on and pages show. */
@NullMarked
package io.bohrwerk.mergedlog.divergence;

import org.jspecify.annotations.NullMarked;
