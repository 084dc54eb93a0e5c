package io.bohrwerk.api.strategy;

import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.protocol.schedule.Slices;

/**
 * Slices to draw from, one for each batch: log-uniform, so that each order of magnitude is as likely as another. Which length pays depends on
 * the race's window, of which nothing is known beforehand.
 *
 * @param least in microseconds of the guest's time
 * @param most at least {@code least}
 */
public record SliceRange(int least, int most) {
    public SliceRange {
        Slices.requireInterval("drawnSlices.least", least);
        Slices.requireInterval("drawnSlices.most", most);
        require(least <= most, "drawnSlices.most", most, "must not be below drawnSlices.least, which is " + least);
    }

    /** @param fraction of the range's logarithm, from 0 to 1 */
    int at(double fraction) {
        return (int) Math.min(most, Math.round(least * Math.pow((double) most / least, fraction)));
    }
}
