package io.bohrwerk.cli;

import io.bohrwerk.bench.BenchCommand;
import io.bohrwerk.bench.BenchWorkerCommand;
import io.bohrwerk.bench.cluster.ClusterPartCommand;
import io.bohrwerk.bench.cluster.ClusterTestCommand;
import io.bohrwerk.cli.command.AuditCommand;
import io.bohrwerk.cli.command.CancelCommand;
import io.bohrwerk.cli.command.CompareCommand;
import io.bohrwerk.cli.command.CrashesCommand;
import io.bohrwerk.cli.command.DebugCommand;
import io.bohrwerk.cli.command.DemoCommand;
import io.bohrwerk.cli.command.DivergenceCommand;
import io.bohrwerk.cli.command.DownloadCommand;
import io.bohrwerk.cli.command.FailuresCommand;
import io.bohrwerk.cli.command.IsItFixedCommand;
import io.bohrwerk.cli.command.JobsCommand;
import io.bohrwerk.cli.command.LogCommand;
import io.bohrwerk.cli.command.ReplayCommand;
import io.bohrwerk.cli.command.ReportCommand;
import io.bohrwerk.cli.command.RetentionCommand;
import io.bohrwerk.cli.command.StatusCommand;
import io.bohrwerk.cli.command.StopCommand;
import io.bohrwerk.cli.command.SubmitCommand;
import io.bohrwerk.cli.command.TargetCommand;
import io.bohrwerk.cli.command.TokenCommand;
import io.bohrwerk.cli.command.TrailCommand;
import io.bohrwerk.cli.command.UpCommand;
import io.bohrwerk.cli.command.WatchCommand;
import io.bohrwerk.cli.command.WhenCommand;
import io.bohrwerk.server.Explain;
import io.bohrwerk.server.StateDirectory;
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
