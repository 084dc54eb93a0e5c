/** The audit trail: who changed what, when, and from where. */
@NullMarked
package io.bohrwerk.api.trail;

import org.jspecify.annotations.NullMarked;
