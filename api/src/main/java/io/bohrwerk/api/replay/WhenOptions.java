package io.bohrwerk.api.replay;

import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.api.web.RequestDocument;
import io.bohrwerk.protocol.batch.ReplayRequest;
import org.jspecify.annotations.Nullable;

/**
 * What a when curve is made of, as users ask for it.
 *
 * @param points from which the machine goes on, 2 to 30; {@value ReplayOrder#POINTS} when there are none
 * @param runs from each, 1 to 100; {@value ReplayOrder#RUNS} when there are none
 */
record WhenOptions(@Nullable Integer points, @Nullable Integer runs) implements RequestDocument {
    WhenOptions {
        ReplayOrder.requirePoints(points);
        require(
                runs == null || runs >= 1 && runs <= ReplayRequest.MOST_TIMES,
                "runs",
                String.valueOf(runs),
                "must be between 1 and " + ReplayRequest.MOST_TIMES);
    }
}
