package io.bohrwerk.emulator;

import io.bohrwerk.emulator.console.AgentLine;
import io.bohrwerk.emulator.qmp.QmpEvent;
import io.bohrwerk.emulator.report.ReportScanner;

/** Something that happened in a running guest. */
sealed interface Happening {
    /** The guest stopped, or the machine was stopped. */
    record Event(QmpEvent event) implements Happening {}

    /** The agent said something that ends the batch; outside of a batch, anything. */
    record Said(AgentLine line) implements Happening {}

    /**
     * A kernel began to report trouble of its own; the scanner has what it says.
     *
     * @param serial whether on the first serial port
     * @param order of its first line among all lines read
     * @param passed the last iteration that was known to have passed then
     */
    record Reported(ReportScanner scanner, boolean serial, long order, long passed) implements Happening {}

    /** A kernel's report is complete. */
    record Completed() implements Happening {}

    /** The agent broke the protocol; the batch's words tell how. */
    record Broken() implements Happening {}

    /** As many iterations have passed as were waited for. */
    record Enough() implements Happening {}

    /** A guest that is driven over its serial console printed something there. */
    record Printed() implements Happening {}

    /** The guest printed more than it may. */
    record Flooded() implements Happening {}

    /** The process is gone. */
    record Exited() implements Happening {}
}
