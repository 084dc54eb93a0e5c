/** What travels between the API and the workers about one batch. */
@NullMarked
package io.bohrwerk.protocol.batch;

import org.jspecify.annotations.NullMarked;
