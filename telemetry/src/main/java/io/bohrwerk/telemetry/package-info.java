/** What one process says to a trace collector, in OpenTelemetry's words. The SDK is optional: who needs words only gets words only. */
@NullMarked
package io.bohrwerk.telemetry;

import org.jspecify.annotations.NullMarked;
