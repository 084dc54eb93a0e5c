/** What a worker says about itself. */
@NullMarked
package io.bohrwerk.protocol.worker;

import org.jspecify.annotations.NullMarked;
