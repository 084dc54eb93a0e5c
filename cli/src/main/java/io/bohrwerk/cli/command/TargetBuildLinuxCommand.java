package io.bohrwerk.cli.command;

import io.bohrwerk.client.LinuxTarget;
import io.bohrwerk.emulator.TargetFiles;
import io.bohrwerk.server.StateDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A Linux target of the user's own kernel and test. */
@Command(
        name = "build-linux",
        description = {
            "Builds a target from a Linux kernel and a test: an initramfs with the agent, which runs the test in each iteration,",
            "or with --console one without an agent.",
            "The last line is its directory, or with --add its id."
        })
final class TargetBuildLinuxCommand implements Callable<Integer> {
    @Option(names = "--kernel", paramLabel = "BZIMAGE", description = "Your kernel. Default: Debian's cloud kernel.")
    private @Nullable Path kernel;

    @Option(names = "--debian-kernel", description = "Use Debian's cloud kernel (the default).")
    private boolean debianKernel;

    @Option(
            names = "--test",
            paramLabel = "FILE",
            description = "What runs in each iteration: a static program, or a script with what it needs in --files.")
    private @Nullable Path test;

    @Option(
            names = "--selftest",
            paramLabel = "DIR/NAME",
            description =
                    "One of the kernel's own tests instead, for example x86/ptrace_syscall; built from Debian's linux-source.")
    private @Nullable String selftest;

    @Option(
            names = "--files",
            paramLabel = "DIR",
            description = "Directory whose contents are copied into the guest's root directory.")
    private @Nullable Path files;

    @Option(
            names = "--modules",
            paramLabel = "FILE.ko",
            description = "A kernel module to load before the test; may be repeated, loaded in this order.")
    private List<Path> modules = new ArrayList<>();

    @Option(names = "--append", paramLabel = "TEXT", description = "Added to the kernel's command line.")
    private @Nullable String append;

    @Option(names = "--memory", paramLabel = "SIZE", description = "The machine's memory. Default: 128MiB.")
    private @Nullable String memory;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "How the test reports its result: exit, tap, kselftest, atf or kyua. Default: exit, or what the selftest uses.")
    private @Nullable String format;

    @Option(
            names = "--expect-failure",
            paramLabel = "TEXT",
            description = "A subtest that may fail; a trailing * matches any rest. May be repeated.")
    private List<String> expectedFailures = new ArrayList<>();

    @Option(names = "--iterations-per-batch", paramLabel = "N", description = "Iterations in each batch. Default: 20.")
    private @Nullable Integer iterationsPerBatch;

    @Option(
            names = "--console",
            description = "No agent: busybox with a login on the serial console, over which the test is driven.")
    private boolean console;

    @Option(
            names = "--disk-size",
            paramLabel = "SIZE",
            description =
                    "With --console: put all of it on an ext4 disk image of this size, such as 64M, instead of the initramfs.")
    private @Nullable String diskSize;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The target's name. Default: linux- followed by the test's name.")
    private @Nullable String name;

    @Option(
            names = "--to",
            paramLabel = "DIR",
            description = "The target's directory, created if missing. Default: in the state directory.")
    private @Nullable Path to;

    @Option(names = "--add", description = "Also upload it.")
    private boolean add;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ServerOption server;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (debianKernel && kernel != null) {
            throw new ParameterException(spec.commandLine(), "--kernel and --debian-kernel exclude each other");
        }
        if ((test == null) == (selftest == null)) {
            throw new ParameterException(spec.commandLine(), "say what is tested: --test FILE or --selftest DIR/NAME");
        }
        if (diskSize != null && !console) {
            throw new ParameterException(spec.commandLine(), "--disk-size: only with --console");
        }
        StateDirectory state = StateDirectory.ofEnvironment();
        Path target = LinuxTarget.build(
                !console ? "linux" : diskSize == null ? "linux-shell" : "linux-disk",
                options(),
                to == null ? state.targets().resolve(directory()) : to.toAbsolutePath(),
                state.path(),
                spec.commandLine().getErr()::println);
        TargetFiles.in(target); // tells of a kernel for another processor
        spec.commandLine()
                .getOut()
                .println(add ? server.client().addTarget(target).path("id").asString() : target.toString());
        return 0;
    }

    private String directory() {
        String what = name != null ? name : selftest != null ? selftest : String.valueOf(test);
        return "linux-" + what.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[.-]+", "");
    }

    private List<String> options() {
        Map<String, @Nullable Object> given = new LinkedHashMap<>();
        given.put("--name", name);
        given.put("--kernel", kernel);
        given.put("--test", test);
        given.put("--selftest", selftest);
        given.put("--files", files);
        given.put("--append", append);
        given.put("--memory", memory);
        given.put("--format", format);
        given.put("--iterations-per-batch", iterationsPerBatch);
        given.put("--disk-size", diskSize);
        List<String> options = new ArrayList<>();
        given.forEach((option, value) -> {
            if (value != null) {
                options.addAll(List.of(option, value.toString()));
            }
        });
        modules.forEach(module -> options.addAll(List.of("--modules", module.toString())));
        expectedFailures.forEach(failure -> options.addAll(List.of("--expect-failure", failure)));
        return options;
    }
}
