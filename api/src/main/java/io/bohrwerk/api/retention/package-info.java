/** How long failures keep their artifacts, and the audit trail its entries. */
@NullMarked
package io.bohrwerk.api.retention;

import org.jspecify.annotations.NullMarked;
