package io.bohrwerk.cli.command;

import io.bohrwerk.client.Hunt;
import io.bohrwerk.client.JobStatus;
import io.bohrwerk.client.ProgressLine;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Follows a job. */
@Command(name = "watch", description = "Follows a job to its end. Exit status 0 if it completed.")
public final class WatchCommand implements Callable<Integer> {
    @Parameters(paramLabel = "JOB", description = "The job's id.")
    @SuppressWarnings("NullAway.Init")
    private String job;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ServerOption server;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        JobStatus status = Hunt.of(server.client(), job).follow(ProgressLine.on(out, ""));
        String message = status.message();
        out.println("job " + status.state().toLowerCase(Locale.ROOT) + (message == null ? "" : ": " + message));
        if (status.firstFailure() != null) {
            out.println("first failure " + status.firstFailure());
        }
        return status.completed() ? 0 : 1;
    }
}
