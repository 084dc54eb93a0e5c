/** Benchmarks: each measures ratios or rates in one run, on the emulator's own door rather than through the server. */
@NullMarked
package io.bohrwerk.bench;

import org.jspecify.annotations.NullMarked;
