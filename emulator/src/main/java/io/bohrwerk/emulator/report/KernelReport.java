package io.bohrwerk.emulator.report;

import io.bohrwerk.protocol.batch.Outcome;
import java.util.List;

/**
 * What a kernel printed about its own trouble, cut out of a console.
 *
 * @param title for people and for grouping: without addresses, numbers and whatever else differs from run to run
 * @param outcome {@code PANICKED} or {@code HUNG}
 * @param line the line that it was known by, as it was printed; a line to cut along and a warning's own words may be in front of it
 * @param pattern which knew it, as its author wrote it
 * @param start of the report, in bytes from the console's beginning
 * @param end behind it, in the same
 * @param text its lines, at most {@value ReportScanner#LONGEST} characters; without those that programs printed among them, where
 *     the kernel marks its own
 * @param damage why the report and its title are not to be trusted, as a few words; empty when it is whole
 * @param deadly whether the kernel cannot have gone on after it: if it did, the line was somebody else's
 * @param certain whether only a kernel can have printed it
 * @param alternatives other titles that reports of the same bug may have; titles as well
 * @param frames its stack's functions from the inside out, at most {@value ReportScanner#MOST_FRAMES}, without those that say nothing
 */
public record KernelReport(
        String title,
        Outcome outcome,
        String line,
        String pattern,
        long start,
        long end,
        String text,
        String damage,
        boolean deadly,
        boolean certain,
        List<String> alternatives,
        List<String> frames) {}
