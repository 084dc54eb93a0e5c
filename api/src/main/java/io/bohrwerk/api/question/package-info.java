/** Questions that a job answers: is it fixed, and do two settings differ. */
@NullMarked
package io.bohrwerk.api.question;

import org.jspecify.annotations.NullMarked;
