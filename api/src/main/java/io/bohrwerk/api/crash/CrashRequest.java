package io.bohrwerk.api.crash;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import io.bohrwerk.api.web.RequestDocument;
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

    /** @param duplicateOf the crash that it is the same as; goes with {@code DUPLICATE} and with nothing else */
    record Mark(
            CrashState state,
            @Nullable UUID duplicateOf,
            @Nullable String note) implements RequestDocument {
        Mark {
            present(state, "state");
            require(
                    (state == CrashState.DUPLICATE) == (duplicateOf != null),
                    "duplicateOf",
                    String.valueOf(duplicateOf),
                    "must be a crash's id when the state is DUPLICATE, and absent otherwise");
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
