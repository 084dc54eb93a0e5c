/** What makes two failures the same crash. Pure. */
@NullMarked
package io.bohrwerk.api.signature;

import org.jspecify.annotations.NullMarked;
