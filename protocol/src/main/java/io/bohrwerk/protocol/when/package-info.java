/** From where on a failure was certain: what workers find out, the API hands on and pages show. */
@NullMarked
package io.bohrwerk.protocol.when;

import org.jspecify.annotations.NullMarked;
