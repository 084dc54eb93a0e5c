/** Finds out by measuring what a guest serves of the guest protocol. */
@NullMarked
package io.bohrwerk.emulator.conformance;

import org.jspecify.annotations.NullMarked;
