/** Bytes, by digest: one small contract with two stores behind it, files and S3. */
@NullMarked
package io.bohrwerk.blob;

import org.jspecify.annotations.NullMarked;
