package io.bohrwerk.bench;

import io.bohrwerk.client.LinuxTarget;
import io.bohrwerk.emulator.BatchRun;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.RunMode;
import io.bohrwerk.protocol.batch.Outcome;
import io.bohrwerk.protocol.schedule.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The Linux kernel's own tests as targets: how often each fails, and whether each batch goes the same way when it is run again. One line of
 * a table is told for each as it ends. A failure ends its batch, and the rest of the iterations are run in further ones, at other phases.
 */
final class SelftestBench implements Bench {
    /** Those of Linux 6.1 that build statically, need no hardware but a processor, and take less than a minute of the guest's time. */
    private static final List<String> ALL = List.of(
            "x86/check_initial_reg_state",
            "x86/fsgsbase",
            "x86/fsgsbase_restore",
            "x86/ioperm",
            "x86/iopl",
            "x86/ldt_gdt",
            "x86/mov_ss_trap",
            "x86/ptrace_syscall",
            "x86/sigaltstack",
            "x86/sigreturn",
            "x86/sigtrap_loop",
            "x86/single_step_syscall",
            "x86/syscall_arg_fault",
            "x86/syscall_nt",
            "x86/syscall_numbering",
            "x86/sysret_rip",
            "x86/sysret_ss_attrs",
            "x86/test_mremap_vdso",
            "x86/test_vsyscall",
            "ptrace/get_syscall_info",
            "ptrace/peeksiginfo",
            "ptrace/vmaccess",
            "breakpoints/breakpoint_test",
            "timers/mqueue-lat",
            "timers/nanosleep",
            "timers/posix_timers",
            "futex/functional/futex_requeue",
            "futex/functional/futex_requeue_pi",
            "futex/functional/futex_requeue_pi_mismatched_ops",
            "futex/functional/futex_requeue_pi_signal_restart",
            "futex/functional/futex_wait",
            "futex/functional/futex_wait_private_mapped_file",
            "futex/functional/futex_wait_timeout",
            "futex/functional/futex_wait_uninitialized_heap",
            "futex/functional/futex_wait_wouldblock",
            "futex/functional/futex_waitv",
            "sigaltstack/sas");

    /** What QEMU's TCG cannot: it raises #UD for icebp, which also spoils the subtest after it. */
    private static final Map<String, List<String>> EXPECTED_FAILURES =
            Map.of("breakpoints/breakpoint_test", List.of("Test icebp", "Test int 3 trap"));

    /** Of a test that cannot pass here, more would say no more. */
    private static final int ENOUGH_FAILURES = 5;

    /** The slowest take seconds for an iteration on a busy host, and a batch has a limit of minutes. */
    private static final int LONGEST_BATCH = 50;

    private static final double GOAL_TESTS = 12;

    private final List<String> tests;
    private final int iterations;

    /** @param tests as {@code build-linux --selftest} takes them; empty for all that are known to be of use */
    SelftestBench(List<String> tests, int iterations) {
        this.tests = tests.isEmpty() ? ALL : List.copyOf(tests);
        this.iterations = iterations;
    }

    /** @param running host time of the first run of each batch, in seconds */
    private record Row(String test, long iterations, int failures, double running, boolean identical, String reason) {
        boolean whole(int wanted) {
            return identical && iterations >= wanted;
        }

        String line() {
            return String.format(
                    Locale.ROOT,
                    "| `%s` | %,d | %,d | %.1f | %s | %s |",
                    test,
                    iterations,
                    failures,
                    iterations == 0 ? 0 : iterations / running,
                    iterations == 0 ? "" : identical ? "identical" : "DIFFERENT",
                    reason.replace("|", "/"));
        }
    }

    @Override
    public void run(Place place, Measurement.Sink sink) throws Exception {
        sink.say("| test | iterations | failures | iterations/s | second run | first failure |");
        sink.say("| --- | --- | --- | --- | --- | --- |");
        int agreed = 0;
        int clean = 0;
        for (String test : tests) {
            Row row = row(test, place);
            sink.say(row.line());
            agreed += row.whole(iterations) ? 1 : 0;
            clean += row.whole(iterations) && row.failures() == 0 ? 1 : 0;
        }
        sink.accept(Measurement.of("selftests.tried", tests.size(), "tests"));
        sink.accept(Measurement.atLeast("selftests.identical", agreed, "tests", Math.min(GOAL_TESTS, tests.size())));
        sink.accept(Measurement.of("selftests.never-failed", clean, "tests"));
    }

    private Row row(String test, Place place) throws Exception {
        Path directory = place.directory().resolve(test.replace('/', '-'));
        try {
            List<String> options = new ArrayList<>(List.of("--selftest", test));
            EXPECTED_FAILURES
                    .getOrDefault(test, List.of())
                    .forEach(subtest -> options.addAll(List.of("--expect-failure", subtest)));
            LinuxTarget.build("linux", options, directory, place.state(), said -> {});
            return measured(test, Rig.of(place.emulator(), directory));
        } catch (InfrastructureException e) {
            return new Row(test, 0, 0, 0, false, "cannot be used: " + e.kind() + ": " + e.getMessage());
        } catch (IOException e) {
            return new Row(test, 0, 0, 0, false, "cannot be built: " + e.getMessage());
        }
    }

    private Row measured(String test, Rig rig) throws InfrastructureException, IOException {
        int shift = rig.manifest().machine().bootShift();
        long window = rig.manifest().machine().timerPeriod().instructions(shift);
        long done = 0;
        int failures = 0;
        double seconds = 0;
        boolean identical = true;
        String reason = "";
        for (int seed = 1; done < iterations && failures < ENOUGH_FAILURES; seed++) {
            var batch =
                    rig.batch(Schedule.random(shift, window, seed), (int) Math.min(LONGEST_BATCH, iterations - done));
            BatchRun run = rig.run(batch, RunMode.RECORDED);
            identical &= run.agrees(rig.run(batch, RunMode.RECORDED));
            done += run.iterations();
            seconds += run.running().toNanos() / 1e9;
            if (run.outcome() != Outcome.PASSED) {
                failures++;
                reason = reason.isEmpty() ? run.outcome() + ": " + run.reason() : reason;
            }
        }
        return new Row(test, done, failures, seconds, identical, reason);
    }
}
