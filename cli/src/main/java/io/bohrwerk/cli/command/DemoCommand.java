package io.bohrwerk.cli.command;

import io.bohrwerk.client.ApiClient;
import io.bohrwerk.client.BundledTarget;
import io.bohrwerk.client.Hunt;
import io.bohrwerk.client.HuntResult;
import io.bohrwerk.client.JobStatus;
import io.bohrwerk.client.ProgressLine;
import io.bohrwerk.server.AllInOne;
import io.bohrwerk.server.StateDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The whole path once, on a bug that is known to be there. */
@Command(
        name = "demo",
        description = "Hunts the demo bug until a failure is replayed and downloaded. Exit status 0 if one was found.")
public final class DemoCommand implements Callable<Integer> {
    /**
     * At the demo's rate of about one in 20,000 not one failure in this many has a chance of e^-30; at a tenth of it still only one in
     * twenty. Two machines go through it in well under a minute.
     */
    private static final long ITERATIONS = 600_000;

    private static final String WALL_TIME = "5m";

    @Option(names = "--json", description = "Print one JSON object as the last line.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        StateDirectory state = StateDirectory.ofEnvironment();
        Optional<StateDirectory.Running> running = state.running();
        if (running.isPresent()) {
            out.println("using the server running at " + running.get().url());
            return hunt(new ApiClient(running.get().uri(), state.token().orElse(null)), state, out);
        }
        AllInOne all = AllInOne.start(state, 0, out::println);
        Runtime.getRuntime().addShutdownHook(new Thread(all::close));
        try {
            return hunt(new ApiClient(all.url()), state, out);
        } finally {
            all.close();
        }
    }

    private int hunt(ApiClient api, StateDirectory state, PrintWriter out) throws IOException, InterruptedException {
        Path target = BundledTarget.RACE.writeTo(state.targets());
        String id = api.addTarget(target).path("id").asString();
        out.println("target " + target.getFileName() + ": " + id);
        ObjectNode job = JsonMapper.shared().createObjectNode();
        job.put("target", id)
                .put("name", "demo")
                .put("strategy", "random")
                .put("iterations", ITERATIONS)
                .put("stopAfterFailures", 1)
                .put("wallTime", WALL_TIME);
        Hunt hunt = Hunt.submit(api, job);
        out.println("job " + hunt.job() + ": a debug register test that fails about once in 20,000 runs");
        JobStatus status = hunt.follow(ProgressLine.on(out, ""));
        HuntResult result = HuntResult.of(api, status, state.downloads());
        boolean found = status.completed() && result.replayVerified();
        if (found) {
            out.println("Look at the end of the merged log, guest and emulator in one order:");
            out.println("  zstd -dc " + result.artifacts().mergedLog() + " | tail -n 60");
            out.println("Then hunt on your own: ./bohrwerk up, and in another terminal ./bohrwerk target add DIR");
        } else {
            out.println("the hunt found no failure that replays");
        }
        Report.print(out, status, result, json);
        return found ? 0 : 1;
    }
}
