package io.bohrwerk.api.crash;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.api.web.RequestDocument;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What people ask to have done with a crash. */
final class CrashRequest {
    private static final Pattern TITLE = Pattern.compile("\\P{Cntrl}{1,300}");
    private static final int LONGEST_NOTE = 2_000;

    private CrashRequest() {}

    /** @param title one line of 1 to 300 characters */
    record Rename(String title, @Nullable String note) implements RequestDocument {
        Rename {
            present(title, "title");
            require(
                    TITLE.matcher(title).matches() && !title.isBlank(),
                    "title",
                    title,
                    "must be one line of 1 to 300 characters");
            requireNote(note);
        }
    }

    /**
     * @param duplicateOf the crash that it is the same as; goes with {@code DUPLICATE} and with nothing else
     * @param fixedBy the job that asked whether it is fixed; only with {@code FIXED}, and not needed there
     */
    record Mark(
            CrashState state,
            @Nullable UUID duplicateOf,
            @Nullable UUID fixedBy,
            @Nullable String note) implements RequestDocument {
        Mark {
            present(state, "state");
            require(
                    (state == CrashState.DUPLICATE) == (duplicateOf != null),
                    "duplicateOf",
                    String.valueOf(duplicateOf),
                    "must be a crash's id when the state is DUPLICATE, and absent otherwise");
            require(
                    fixedBy == null || state == CrashState.FIXED,
                    "fixedBy",
                    String.valueOf(fixedBy),
                    "must be absent unless the state is FIXED");
            requireNote(note);
        }
    }

    /** @param crash the one that goes into this one, with all failures and signatures */
    record Merge(UUID crash, @Nullable String note) implements RequestDocument {
        Merge {
            present(crash, "crash");
            requireNote(note);
        }
    }

    /**
     * What is taken out of a crash.
     *
     * @param signature with all failures that have it, and those to come; else {@code failures}
     * @param failures 1 to 100 of them; what comes later goes where it went
     * @param into another crash; null for one of its own
     */
    record Split(
            @Nullable String signature,
            @Nullable List<UUID> failures,
            @Nullable UUID into,
            @Nullable String note) implements RequestDocument {
        private static final int MOST_FAILURES = 100;

        Split {
            require(
                    (signature == null) != (failures == null),
                    "signature",
                    String.valueOf(signature),
                    "must be given, or else failures: one of the two");
            require(
                    failures == null || !failures.isEmpty() && failures.size() <= MOST_FAILURES,
                    "failures",
                    failures == null ? 0 : failures.size(),
                    "must be 1 to " + MOST_FAILURES + " ids of failures");
            failures = failures == null ? null : failures.stream().distinct().toList();
            requireNote(note);
        }
    }

    private static void requireNote(@Nullable String note) {
        require(
                note == null || note.length() <= LONGEST_NOTE && note.indexOf('\0') < 0,
                "note",
                String.valueOf(note),
                "must be at most " + LONGEST_NOTE + " characters");
    }
}
