package io.bohrwerk.standalone;

import io.bohrwerk.standalone.bench.BenchCommand;
import io.bohrwerk.standalone.bench.BenchWorkerCommand;
import io.bohrwerk.standalone.cluster.ClusterPartCommand;
import io.bohrwerk.standalone.cluster.ClusterTestCommand;
import io.bohrwerk.standalone.command.AuditCommand;
import io.bohrwerk.standalone.command.CancelCommand;
import io.bohrwerk.standalone.command.CompareCommand;
import io.bohrwerk.standalone.command.CrashesCommand;
import io.bohrwerk.standalone.command.DebugCommand;
import io.bohrwerk.standalone.command.DemoCommand;
import io.bohrwerk.standalone.command.DivergenceCommand;
import io.bohrwerk.standalone.command.DownloadCommand;
import io.bohrwerk.standalone.command.FailuresCommand;
import io.bohrwerk.standalone.command.IsItFixedCommand;
import io.bohrwerk.standalone.command.JobsCommand;
import io.bohrwerk.standalone.command.LogCommand;
import io.bohrwerk.standalone.command.ReplayCommand;
import io.bohrwerk.standalone.command.ReportCommand;
import io.bohrwerk.standalone.command.RetentionCommand;
import io.bohrwerk.standalone.command.StatusCommand;
import io.bohrwerk.standalone.command.StopCommand;
import io.bohrwerk.standalone.command.SubmitCommand;
import io.bohrwerk.standalone.command.TargetCommand;
import io.bohrwerk.standalone.command.TokenCommand;
import io.bohrwerk.standalone.command.TrailCommand;
import io.bohrwerk.standalone.command.UpCommand;
import io.bohrwerk.standalone.command.WatchCommand;
import io.bohrwerk.standalone.command.WhenCommand;
import io.bohrwerk.standalone.server.StateDirectory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. */
@Command(
        name = "bohrwerk",
        description = "Hunts kernel failures that strike once in tens of thousands of runs.",
        subcommands = {
            DemoCommand.class,
            UpCommand.class,
            StatusCommand.class,
            StopCommand.class,
            TargetCommand.class,
            SubmitCommand.class,
            WatchCommand.class,
            JobsCommand.class,
            CancelCommand.class,
            FailuresCommand.class,
            CrashesCommand.class,
            IsItFixedCommand.class,
            CompareCommand.class,
            DownloadCommand.class,
            ReplayCommand.class,
            DivergenceCommand.class,
            WhenCommand.class,
            DebugCommand.class,
            AuditCommand.class,
            RetentionCommand.class,
            TrailCommand.class,
            ClusterTestCommand.class,
            ClusterPartCommand.class,
            LogCommand.class,
            ReportCommand.class,
            TokenCommand.class,
            BenchCommand.class,
            BenchWorkerCommand.class,
        })
public final class Bohrwerk {
    private Bohrwerk() {}

    public static void main(String[] arguments) {
        // One logback.xml for all parts, instead of one logging set-up per Spring context; it reads the other property.
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        System.setProperty(
                "bohrwerk.log", StateDirectory.ofEnvironment().logFile().toString());
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Bohrwerk());
        line.setExecutionExceptionHandler((exception, command, parsed) -> {
            command.getErr().println("bohrwerk: " + Explain.oneLine(exception));
            return CommandLine.ExitCode.SOFTWARE;
        });
        help(line);
        return line;
    }

    private static void help(CommandLine line) {
        line.getCommandSpec().mixinStandardHelpOptions(true);
        line.getSubcommands().values().forEach(Bohrwerk::help);
    }
}
