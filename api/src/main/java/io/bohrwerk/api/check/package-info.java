/** Checks of targets: what a guest serves of the guest protocol, measured by a worker or by {@code target check}. */
@NullMarked
package io.bohrwerk.api.check;

import org.jspecify.annotations.NullMarked;
