/** Does the blob store hold what the database says, and does the database agree with itself? */
@NullMarked
package io.bohrwerk.api.audit;

import org.jspecify.annotations.NullMarked;
