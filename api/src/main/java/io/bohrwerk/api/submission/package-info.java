/** Jobs as users submit and see them. */
@NullMarked
package io.bohrwerk.api.submission;

import org.jspecify.annotations.NullMarked;
