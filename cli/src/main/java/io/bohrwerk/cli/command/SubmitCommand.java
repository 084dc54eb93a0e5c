package io.bohrwerk.cli.command;

import io.bohrwerk.client.ApiClient;
import io.bohrwerk.client.Hunt;
import io.bohrwerk.client.HuntResult;
import io.bohrwerk.client.JobStatus;
import io.bohrwerk.client.ProgressLine;
import io.bohrwerk.server.StateDirectory;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts a hunt. */
@Command(
        name = "submit",
        description = "Submits a job and prints its id; with --watch, follows it and downloads its first failure.")
public final class SubmitCommand implements Callable<Integer> {
    @Mixin
    @SuppressWarnings("NullAway.Init")
    private JobOptions job;

    @Option(names = "--watch", description = "Follow it to its end. Exit status 0 if it completed.")
    private boolean watch;

    @Option(names = "--json", description = "Print one JSON object as the last line.")
    private boolean json;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ServerOption server;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        ApiClient api = server.client();
        Hunt hunt = Hunt.submit(api, job.request());
        if (!watch) {
            out.println(json ? api.get("/jobs/" + hunt.job()).toString() : hunt.job());
            return 0;
        }
        out.println("job " + hunt.job());
        JobStatus status = hunt.follow(ProgressLine.on(out, ""));
        HuntResult result =
                HuntResult.of(api, status, StateDirectory.ofEnvironment().downloads());
        Report.print(out, status, result, json);
        return status.completed() ? 0 : 1;
    }
}
