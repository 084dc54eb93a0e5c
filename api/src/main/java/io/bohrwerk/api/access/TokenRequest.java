package io.bohrwerk.api.access;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.api.web.RequestDocument;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A token that somebody wants.
 *
 * @param name for people: what it is for, or who has it
 * @param scope {@code metrics}, {@code read}, {@code submit} or {@code admin}
 * @param days until it expires; 90 when there is none
 * @param mostRunningJobs jobs of it that have not ended, at once; as the settings have it when there is none
 * @param mostIterations budgets of all its jobs that have not ended, together; as the settings have it when there is none
 */
record TokenRequest(
        String name,
        String scope,
        @Nullable Integer days,
        @Nullable Integer mostRunningJobs,
        @Nullable Long mostIterations)
        implements RequestDocument {
    private static final Pattern NAME = Pattern.compile("\\P{Cntrl}{1,100}");
    private static final int DEFAULT_DAYS = 90;
    private static final int MOST_DAYS = 3650;

    TokenRequest {
        present(name, "name");
        require(
                NAME.matcher(name).matches() && !name.isBlank(),
                "name",
                name,
                "must be one line of 1 to 100 characters");
        Scope.parse(present(scope, "scope"));
        require(days == null || days >= 1 && days <= MOST_DAYS, "days", "" + days, "must be between 1 and 3650");
        require(
                mostRunningJobs == null || mostRunningJobs >= 0,
                "mostRunningJobs",
                "" + mostRunningJobs,
                "must not be negative");
        require(
                mostIterations == null || mostIterations >= 0,
                "mostIterations",
                "" + mostIterations,
                "must not be negative");
    }

    Scope parsedScope() {
        return Scope.parse(scope);
    }

    Duration life() {
        return Duration.ofDays(days == null ? DEFAULT_DAYS : days);
    }
}
