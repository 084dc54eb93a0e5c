package io.bohrwerk.cli.command;

import io.bohrwerk.client.HuntResult;
import io.bohrwerk.client.JobStatus;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The end of a hunt, on the terminal. */
final class Report {
    private Report() {}

    static void print(PrintWriter out, JobStatus status, HuntResult result, boolean json) {
        String message = status.message();
        out.println("job " + status.state().toLowerCase(Locale.ROOT) + (message == null ? "" : ": " + message));
        if (result.failureId() != null) {
            out.println("failure " + result.failureId() + ": iteration " + result.failedIteration() + " of its batch"
                    + (result.secondsToFailure() == null
                            ? ""
                            : String.format(Locale.ROOT, ", after %.1f s", result.secondsToFailure())));
            boolean recorded = result.artifacts().recording() != null;
            if (!result.replayVerified()) {
                out.println("its replay is NOT verified: " + result.replayNote());
            } else if (recorded) {
                out.println("its replay is verified: same iteration, instruction count and console");
            } else {
                out.println("it is verified: run again, its batch failed in the same way");
            }
            if (recorded) {
                file(out, "merged log", result.artifacts().mergedLog());
                file(out, "snapshot", result.artifacts().snapshot());
                file(out, "recording", result.artifacts().recording());
            }
            file(out, "manifest", result.artifacts().manifest());
        }
        if (json) {
            out.println(result.json());
        }
    }

    private static void file(PrintWriter out, String what, @Nullable String path) {
        out.printf("  %-11s %s%n", what, path == null ? "was not kept" : path);
    }
}
