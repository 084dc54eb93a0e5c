/** Large files on their way into targets: sent in pieces, kept until a target takes them. */
@NullMarked
package io.bohrwerk.api.upload;

import org.jspecify.annotations.NullMarked;
