/** What a target's guest serves of the guest protocol, as a check has measured it. */
@NullMarked
package io.bohrwerk.protocol.conformance;

import org.jspecify.annotations.NullMarked;
