/**
 * The merged log of a replay: guest console and emulator log in one order. {@link io.bohrwerk.mergedlog.LogParser} takes the bytes apart,
 * {@link io.bohrwerk.mergedlog.LogIndexWriter} notes while they pass where everything is, and {@link io.bohrwerk.mergedlog.LogReader}
 * answers questions with a few range reads. Needs zstd-jni on the class path, as the S3 store needs its client.
 */
@NullMarked
package io.bohrwerk.mergedlog;

import org.jspecify.annotations.NullMarked;
