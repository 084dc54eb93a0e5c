package io.bohrwerk.protocol.target;

import static io.bohrwerk.protocol.InvalidInputException.present;
import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bohrwerk.protocol.ByteSize;
import io.bohrwerk.protocol.Documents;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.schedule.CpuModel;
import io.bohrwerk.protocol.schedule.ExtraInterrupt;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.schedule.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A target's {@code target.yaml}: the machine, what it boots and what is tested.
 *
 * @param name for people: letters, digits, dot, dash and underscore; up to 80
 */
public record TargetManifest(String name, Machine machine, Boot boot, Test test) {
    /** The manifest's own name in a bundle. */
    public static final String FILE_NAME = "target.yaml";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,79}");

    public TargetManifest {
        require(
                NAME.matcher(present(name, "name")).matches(),
                "name",
                name,
                "must be 1 to 80 letters, digits, dots, dashes or underscores");
        present(machine, "machine");
        present(boot, "boot");
        present(test, "test");
    }

    /**
     * Whether a batch of this target is a pure function of its coordinates: two runs agree byte for byte. With a disk they do not, for the
     * host decides when a request is done; a recording of such a run replays all the same.
     */
    public boolean repeatable() {
        return boot.disks().isEmpty();
    }

    public static TargetManifest parse(String yaml) {
        return Documents.fromYaml(yaml, TargetManifest.class);
    }

    /**
     * The same target in a machine with a setting.
     *
     * @throws io.bohrwerk.protocol.InvalidInputException when the target cannot run in it
     */
    public TargetManifest under(@Nullable Setting setting) {
        if (setting == null || setting.usual()) {
            return this;
        }
        requireServes(setting, "setting");
        Machine other = new Machine(
                machine.arch(),
                machine.memory(),
                machine.cpus(),
                machine.bootShift(),
                setting.timerHz() == null ? machine.timerPeriod() : VirtualTime.ofHertz(setting.timerHz()),
                setting.cpu() == null ? machine.cpu() : setting.cpu(),
                machine.timerHz());
        return new TargetManifest(name, other, boot, test);
    }

    /**
     * Refuses a setting that the target cannot run in.
     *
     * @param field that has it, for the message
     * @throws io.bohrwerk.protocol.InvalidInputException which names the part of the setting, and why
     */
    public void requireServes(Setting setting, String field) {
        CpuModel cpu = setting.cpu();
        require(
                cpu == null || cpu.wide() || machine.arch() == Arch.I386,
                field + ".cpu",
                cpu == null ? "" : cpu.word(),
                "must have a 64-bit mode: the target is for x86_64");
        ExtraInterrupt extra = setting.extra();
        require(
                extra == null || test.extraInterrupt(),
                field + ".extra",
                String.valueOf(extra),
                "needs an agent that can bring an interrupt about: the target's test does not say extraInterrupt: true");
        require(
                extra == null || Setting.counted(setting),
                field + ".extra",
                String.valueOf(extra),
                "needs counted instructions: with icount off no interrupt can be put at one");
        Integer hz = setting.timerHz();
        if (hz != null) {
            HertzRange range = machine.timerHz();
            if (range == null) {
                throw new InvalidInputException(
                        field + ".timerHz",
                        hz,
                        "needs a guest whose timer can be told: the target's machine has no timerHz. A kernel such as Linux has its"
                                + " tick compiled in");
            }
            require(
                    range.holds(hz),
                    field + ".timerHz",
                    hz,
                    "must be between " + range.least() + " and " + range.most() + ", as the target's machine has it");
        }
    }

    /** The processor architecture, and with it the emulator's binary. */
    public enum Arch {
        @JsonProperty("i386")
        I386("qemu-system-i386"),
        @JsonProperty("x86_64")
        X86_64("qemu-system-x86_64");

        private final String qemuBinary;

        Arch(String qemuBinary) {
            this.qemuBinary = qemuBinary;
        }

        /** The name of QEMU's binary for it. A recording made by one binary is replayed only by the same one. */
        public String qemuBinary() {
            return qemuBinary;
        }
    }

    /**
     * The machine.
     *
     * @param memory 4 MiB to 8 GiB, whole mebibytes
     * @param cpus must be 1: QEMU's icount, on which determinism rests, does not boot more
     * @param bootShift icount shift while booting; 0 to 10
     * @param timerPeriod virtual time between two timer interrupts; what a random phase is drawn from
     * @param cpu the processor's model; null for the usual one, {@code qemu32} or {@code qemu64}
     * @param timerHz between which the agent can set the timer, as {@code [100, 1000]}; null when it cannot
     */
    public record Machine(
            Arch arch,
            ByteSize memory,
            int cpus,
            int bootShift,
            VirtualTime timerPeriod,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            CpuModel cpu,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            HertzRange timerHz) {
        private static final int SMALLEST_MEMORY_MIB = 4;
        private static final int LARGEST_MEMORY_MIB = 8 << 10;
        private static final int DEFAULT_BOOT_SHIFT = 4;
        /** Linux with CONFIG_HZ=250, as Debian builds it. */
        private static final VirtualTime DEFAULT_TIMER_PERIOD = VirtualTime.parse("4ms");

        public Machine {
            present(arch, "arch");
            long mebibytes = present(memory, "memory").mebibytes();
            require(
                    mebibytes >= SMALLEST_MEMORY_MIB
                            && mebibytes <= LARGEST_MEMORY_MIB
                            && memory.equals(ByteSize.ofMebibytes(mebibytes)),
                    "memory",
                    memory,
                    "must be whole mebibytes from 4MiB to 8GiB");
            require(
                    cpus == 1,
                    "cpus",
                    cpus,
                    "must be 1: with instruction counting, which makes runs repeatable, QEMU does not boot a second processor");
            require(
                    bootShift >= 0 && bootShift <= Schedule.LARGEST_SHIFT,
                    "bootShift",
                    bootShift,
                    "must be between 0 and " + Schedule.LARGEST_SHIFT);
            require(
                    cpu == null || cpu.wide() || arch == Arch.I386,
                    "cpu",
                    String.valueOf(cpu == null ? null : cpu.word()),
                    "must have a 64-bit mode: the target is for x86_64");
        }

        /** The processor's model, chosen or usual. */
        public CpuModel model() {
            CpuModel usual = arch == Arch.I386 ? CpuModel.QEMU32 : CpuModel.QEMU64;
            return cpu == null ? usual : cpu;
        }

        @JsonCreator
        static Machine of(
                Arch arch,
                ByteSize memory,
                @Nullable Integer cpus,
                @Nullable Integer bootShift,
                @Nullable VirtualTime timerPeriod,
                @Nullable CpuModel cpu,
                @Nullable HertzRange timerHz) {
            return new Machine(
                    arch,
                    memory,
                    cpus == null ? 1 : cpus,
                    bootShift == null ? DEFAULT_BOOT_SHIFT : bootShift,
                    timerPeriod == null ? DEFAULT_TIMER_PERIOD : timerPeriod,
                    cpu,
                    timerHz);
        }
    }

    /**
     * What it boots. Files are plain names inside the bundle.
     *
     * @param kernel null when the machine boots from a disk by its BIOS
     * @param append the kernel's command line; one line of printable ASCII, up to 2,000
     * @param disks up to four, of which the guest may write to one
     * @param symbols an ELF file with the kernel's symbol table, such as {@code vmlinux}, for a kernel that carries none. Its addresses
     *     must be those at which the kernel runs: Linux needs {@code nokaslr}
     */
    public record Boot(
            @Nullable String kernel,
            @Nullable String initrd,
            String append,
            List<Disk> disks,
            @Nullable String symbols) {
        /** The rule for the names of files. */
        static final String PLAIN =
                "must be a plain file name in the bundle: letters, digits and ._,+@=-, no folders, up to 100";

        private static final Pattern FILE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._,+@=-]{0,99}");
        private static final Pattern APPEND = Pattern.compile("[ -~]{0,2000}");
        /** An IDE machine has room for no more. */
        private static final int MOST_DISKS = 4;

        public Boot {
            if (disks.isEmpty()) {
                present(kernel, "kernel");
            }
            if (kernel != null) {
                requireFile("kernel", kernel);
            } else {
                require(initrd == null, "initrd", String.valueOf(initrd), "needs a kernel, which loads it");
                require(append.isEmpty(), "append", append, "needs a kernel, which reads it");
            }
            if (initrd != null) {
                requireFile("initrd", initrd);
            }
            if (symbols != null) {
                requireFile("symbols", symbols);
            }
            require(
                    APPEND.matcher(append).matches(),
                    "append",
                    append,
                    "must be one line of printable ASCII, up to 2000");
            require(disks.size() <= MOST_DISKS, "disks", disks.size(), "must be at most " + MOST_DISKS);
            disks.forEach(disk -> present(disk, "disks"));
            require(
                    disks.stream().filter(Disk::writable).count() <= 1,
                    "disks",
                    disks.stream().filter(Disk::writable).map(Disk::file).toList(),
                    "must have at most one that is not of the format iso: what the guest writes is kept with the snapshot,"
                            + " in one image");
            require(
                    disks.stream().map(Disk::file).distinct().count() == disks.size(),
                    "disks",
                    disks.stream().map(Disk::file).toList(),
                    "must name each file once");
            disks = List.copyOf(disks);
        }

        @JsonCreator
        static Boot of(
                @Nullable String kernel,
                @Nullable String initrd,
                @Nullable String append,
                @Nullable List<Disk> disks,
                @Nullable String symbols) {
            return new Boot(kernel, initrd, append == null ? "" : append, disks == null ? List.of() : disks, symbols);
        }

        /** The disk that the guest may write to. */
        public Optional<Disk> writableDisk() {
            return disks.stream().filter(Disk::writable).findFirst();
        }

        /** Every file named here, in a fixed order. */
        public List<String> files() {
            List<String> files = new ArrayList<>();
            if (kernel != null) {
                files.add(kernel);
            }
            if (initrd != null) {
                files.add(initrd);
            }
            disks.forEach(disk -> files.add(disk.file()));
            if (symbols != null && !files.contains(symbols)) {
                files.add(symbols);
            }
            return files;
        }

        private static void requireFile(String field, String name) {
            require(isPlain(name) && !name.equals(FILE_NAME), field, name, PLAIN);
        }

        /** Whether it names a file and nothing else: no folders, and no dot or dash in front. */
        static boolean isPlain(String name) {
            return FILE.matcher(name).matches();
        }
    }

    /**
     * What is tested, and how its result is read.
     *
     * @param iterationTimeout virtual time that one iteration may take
     * @param expectedFailures subtests that are known to fail: exact descriptions, or a prefix and {@code *}
     * @param givenReportEvery the agent reports after this many iterations, 1 to 1,000,000. Null: jobs find it out
     * @param givenIterationsPerBatch how many iterations make a batch of seconds, 1 to 10,000,000. Null: jobs find it out
     * @param panicPatterns lines of the console that tell of a kernel's trouble, besides those that are known; looked at before them;
     *     up to 100
     * @param script on the serial console, of the driver {@code console}; see {@link ConsoleScript}
     * @param extraInterrupt whether the agent can bring about an interrupt at a chosen instruction: a job's setting may then ask for it
     */
    public record Test(
            Driver driver,
            VirtualTime iterationTimeout,
            Format format,
            List<String> expectedFailures,

            @JsonProperty("reportEvery") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Integer givenReportEvery,

            @JsonProperty("iterationsPerBatch") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Integer givenIterationsPerBatch,

            List<PanicPattern> panicPatterns,
            List<ScriptStep> script,
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean extraInterrupt) {
        private static final VirtualTime DEFAULT_TIMEOUT = VirtualTime.parse("60s");
        private static final int DEFAULT_ITERATIONS_PER_BATCH = 100;
        private static final Pattern SUBTEST = Pattern.compile("[ -~]{1,200}");
        /** As many as the agent keeps (judge.h). */
        private static final int MOST_EXPECTED_FAILURES = 256;

        private static final int MOST_PANIC_PATTERNS = 100;

        public Test {
            int reportEvery = orOne(givenReportEvery);
            int iterationsPerBatch = orHundred(givenIterationsPerBatch);
            require(
                    expectedFailures.size() <= MOST_EXPECTED_FAILURES,
                    "expectedFailures",
                    expectedFailures.size(),
                    "must be at most " + MOST_EXPECTED_FAILURES);
            for (String subtest : expectedFailures) {
                require(
                        SUBTEST.matcher(present(subtest, "expectedFailures")).matches(),
                        "expectedFailures",
                        subtest,
                        "must be one line of printable ASCII, up to 200");
            }
            expectedFailures = List.copyOf(expectedFailures);
            require(
                    reportEvery >= 1 && reportEvery <= 1_000_000,
                    "reportEvery",
                    reportEvery,
                    "must be between 1 and 1000000");
            require(
                    iterationsPerBatch >= 1 && iterationsPerBatch <= 10_000_000,
                    "iterationsPerBatch",
                    iterationsPerBatch,
                    "must be between 1 and 10000000");
            require(
                    panicPatterns.size() <= MOST_PANIC_PATTERNS,
                    "panicPatterns",
                    panicPatterns.size(),
                    "must be at most " + MOST_PANIC_PATTERNS);
            panicPatterns.forEach(pattern -> present(pattern, "panicPatterns"));
            panicPatterns = List.copyOf(panicPatterns);
            if (driver == Driver.CONSOLE) {
                ConsoleScript.of(script);
                require(
                        format == Format.EXIT,
                        "format",
                        format.word(),
                        "must be exit for the driver console: there is no agent that reads it; use the loop's patterns");
                require(
                        expectedFailures.isEmpty(),
                        "expectedFailures",
                        expectedFailures,
                        "must be empty for the driver console: there is no agent that knows subtests");
                require(
                        iterationsPerBatch <= ConsoleScript.MOST_ITERATIONS,
                        "iterationsPerBatch",
                        iterationsPerBatch,
                        "must be at most " + ConsoleScript.MOST_ITERATIONS + " for the driver console");
                require(
                        !extraInterrupt,
                        "extraInterrupt",
                        true,
                        "must be false for the driver console: there is no agent that brings it about");
            } else {
                require(script.isEmpty(), "script", script.size() + " steps", "belongs to the driver console");
            }
            script = List.copyOf(script);
        }

        private static int orOne(@Nullable Integer given) {
            return given == null ? 1 : given;
        }

        private static int orHundred(@Nullable Integer given) {
            return given == null ? DEFAULT_ITERATIONS_PER_BATCH : given;
        }

        /** Iterations from one report to the next, where nothing better is known. */
        public int reportEvery() {
            return orOne(givenReportEvery);
        }

        /** Iterations of a batch, where nothing better is known. */
        public int iterationsPerBatch() {
            return orHundred(givenIterationsPerBatch);
        }

        /** How the guest is driven; empty when an agent in it does so. */
        public Optional<ConsoleScript> console() {
            return driver == Driver.CONSOLE ? Optional.of(ConsoleScript.of(script)) : Optional.empty();
        }

        @JsonCreator
        static Test of(
                @Nullable Driver driver,
                @Nullable VirtualTime iterationTimeout,
                @Nullable Format format,
                @Nullable List<String> expectedFailures,
                @Nullable Integer reportEvery,
                @Nullable Integer iterationsPerBatch,
                @Nullable List<PanicPattern> panicPatterns,
                @Nullable List<ScriptStep> script,
                @Nullable Boolean extraInterrupt) {
            return new Test(
                    driver == null ? Driver.AGENT : driver,
                    iterationTimeout == null ? DEFAULT_TIMEOUT : iterationTimeout,
                    format == null ? Format.EXIT : format,
                    expectedFailures == null ? List.of() : expectedFailures,
                    reportEvery,
                    iterationsPerBatch,
                    panicPatterns == null ? List.of() : panicPatterns,
                    script == null ? List.of() : script,
                    extraInterrupt != null && extraInterrupt);
        }
    }

    /** Who drives the test. */
    public enum Driver {
        /** An agent inside the guest that speaks the guest protocol. */
        @JsonProperty("agent")
        AGENT,
        /** A shell inside the guest, by what is typed on its serial console. */
        @JsonProperty("console")
        CONSOLE
    }

    /** How the agent tells a pass from a failure. */
    public enum Format {
        /** By the exit status alone. */
        @JsonProperty("exit")
        EXIT("exit"),
        /** By the Test Anything Protocol. */
        @JsonProperty("tap")
        TAP("tap"),
        /** By the kernel selftests' dialect of it. */
        @JsonProperty("kselftest")
        KSELFTEST("kselftest"),
        /** By the results of NetBSD's test cases, as a test program, atf-run or atf-report prints them. */
        @JsonProperty("atf")
        ATF("atf"),
        /** By the results that kyua prints. */
        @JsonProperty("kyua")
        KYUA("kyua");

        private final String word;

        Format(String word) {
            this.word = word;
        }

        /** The word in the guest protocol. */
        public String word() {
            return word;
        }
    }
}
