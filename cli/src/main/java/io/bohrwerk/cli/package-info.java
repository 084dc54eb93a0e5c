/** All of Bohrwerk in one JVM on embedded parts, and the command line, which speaks to it over REST only. */
@NullMarked
package io.bohrwerk.cli;

import org.jspecify.annotations.NullMarked;
