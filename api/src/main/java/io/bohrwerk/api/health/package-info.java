/** Answers about this process's health, in time whatever hangs. */
@NullMarked
package io.bohrwerk.api.health;

import org.jspecify.annotations.NullMarked;
