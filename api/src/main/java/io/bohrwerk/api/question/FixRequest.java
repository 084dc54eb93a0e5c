package io.bohrwerk.api.question;

import static io.bohrwerk.protocol.InvalidInputException.present;

import io.bohrwerk.api.web.RequestDocument;
import org.jspecify.annotations.Nullable;

/**
 * "Is it fixed?", as users ask it.
 *
 * @param target the new one: its id, or at least its first 8 digits
 * @param confidence 0.95 when there is none
 * @param rate of the failure, when it is known better than from the old job
 */
record FixRequest(
        String target,
        @Nullable Double confidence,
        @Nullable Double rate) implements RequestDocument {
    FixRequest {
        present(target, "target");
    }
}
