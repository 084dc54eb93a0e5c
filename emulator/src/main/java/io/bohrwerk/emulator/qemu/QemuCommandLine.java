package io.bohrwerk.emulator.qemu;

import io.bohrwerk.protocol.target.TargetManifest;
import java.util.ArrayList;
import java.util.List;

/**
 * QEMU's command line, as a pure function of the target's manifest and what is to be done.
 *
 * <p>Every file has a fixed name in the machine's private directory, where QEMU runs: so no path and no name that a user chose comes
 * into an option string, where a comma would start another option, and the guest sees the same command line on every host. The one
 * text of a user's is the kernel's own command line, which is an argument by itself.
 */
public final class QemuCommandLine {
    public static final String KERNEL = "kernel";
    public static final String INITRD = "initrd";
    /** The machine's disk of snapshots. */
    public static final String STATE = "state.qcow2";

    public static final String RECORDING = "recording.rr";
    /** Port 0xe9. */
    public static final String CONSOLE = "console.fifo";
    /** The first serial port. */
    public static final String SERIAL = "serial.fifo";
    /** Both of these and QEMU's own log, while replaying. */
    public static final String MERGED = "merged.fifo";

    public static final String BATCH = "batch.cfg";
    public static final String TEST = "test.cfg";
    public static final String DELAYS = "delays.cfg";

    /** While debugging: the stem of the two FIFOs to and from QEMU's own gdb server. */
    public static final String GDB = "gdb";

    /** The snapshot that batches start from. */
    public static final String READY = "ready";

    /** Code that QEMU translated, in MiB. The default grows to a gigabyte, which is more than a batch of one test ever needs. */
    private static final int TRANSLATION_BUFFER_MIB = 64;
    /** QEMU's own needs beside the guest's memory and that buffer: measured 0.9 GiB of address space, of it 60 MiB resident. */
    private static final long ADDRESS_SPACE_OVERHEAD = 3L << 30;
    /** The largest file is the disk of snapshots: three of them, each as large as the guest's memory. */
    private static final int SNAPSHOTS_PER_DISK = 3;

    private static final long LARGEST_RECORDING = 2L << 30;
    /** It opens about thirty. */
    private static final int MOST_FILES = 256;
    /** Of the processor's time. Long before that a limit of the host's time ends it; this one holds even when nobody watches. */
    private static final int SECONDS_OF_WORK = 86_400;

    private QemuCommandLine() {}

    /** What QEMU is started for. */
    public enum Phase {
        /** From the kernel to the agent's first word. */
        BOOT(true),
        /** The same, in the host's time. */
        BOOT_FREE(true),
        RECORD(false),
        COUNT(false),
        FREE(false),
        REPLAY(false),
        /** A replay with QEMU's gdb server, and without a log. */
        DEBUG(false),
        /** A replay whose log is QEMU's own only. */
        TRACE(false);

        private final boolean boots;

        Phase(boolean boots) {
            this.boots = boots;
        }
    }

    /** The options that shape the machine that the guest sees: a part of a batch's coordinates. */
    public static List<String> machineOptions(TargetManifest manifest) {
        TargetManifest.Machine machine = manifest.machine();
        List<String> options = new ArrayList<>(List.of(
                "-M",
                "pc",
                "-cpu",
                machine.model().word(),
                "-m",
                Long.toString(machine.memory().mebibytes()),
                "-smp",
                Integer.toString(machine.cpus()),
                "-nodefaults",
                "-display",
                "none",
                "-rtc",
                "base=2026-01-01,clock=vm",
                "-seed",
                "1",
                "-device",
                "isa-debugcon,iobase=0xe9,chardev=console",
                "-device",
                "isa-serial,chardev=serial",
                "-device",
                "isa-debug-exit,iobase=0xf4,iosize=4",
                "-device",
                "pvpanic",
                "-action",
                "reboot=shutdown,shutdown=pause,panic=pause"));
        options.addAll(List.of("-kernel", KERNEL));
        if (manifest.boot().initrd() != null) {
            options.addAll(List.of("-initrd", INITRD));
        }
        options.addAll(List.of("-append", manifest.boot().append()));
        return List.copyOf(options);
    }

    /**
     * The whole command, to be run in the machine's private directory.
     *
     * @param shift the icount shift; without meaning where nothing is counted
     */
    public static List<String> of(TargetManifest manifest, Phase phase, int shift) {
        return of(manifest, phase, shift, READY);
    }

    /** @param snapshot from which it goes on; without meaning where the machine boots */
    public static List<String> of(TargetManifest manifest, Phase phase, int shift, String snapshot) {
        List<String> command = new ArrayList<>(limits(manifest));
        command.add(manifest.machine().arch().qemuBinary());
        command.addAll(machineOptions(manifest));
        command.addAll(List.of("-accel", "tcg,tb-size=" + TRANSLATION_BUFFER_MIB));
        command.addAll(List.of(
                "-sandbox",
                "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
                "-qmp",
                "stdio"));
        // While replaying, both consoles are copied as they are written into the stream that QEMU logs to: one order
        // for all three.
        String copy = phase == Phase.REPLAY ? ",logfile=" + MERGED + ",logappend=on" : "";
        command.addAll(List.of("-chardev", "file,id=console,path=" + CONSOLE + copy));
        command.addAll(List.of("-chardev", "file,id=serial,path=" + SERIAL + copy));
        command.addAll(List.of("-fw_cfg", "name=opt/bohrwerk/batch,file=" + BATCH));
        command.addAll(List.of("-fw_cfg", "name=opt/bohrwerk/delays,file=" + DELAYS));
        command.addAll(List.of("-fw_cfg", "name=opt/bohrwerk/test,file=" + TEST));
        command.addAll(List.of("-drive", "file=" + STATE + ",if=none,id=state,format=qcow2"));
        command.addAll(timing(phase, shift));
        if (!phase.boots) {
            command.addAll(List.of("-loadvm", snapshot, "-S"));
        }
        if (phase == Phase.DEBUG) {
            // FIFOs in the machine's directory: no other process finds them, and no path is too long for them, as it is
            // for a socket.
            command.addAll(List.of("-chardev", "pipe,id=gdb,path=" + GDB, "-gdb", "chardev:gdb"));
        }
        return List.copyOf(command);
    }

    private static List<String> timing(Phase phase, int shift) {
        String count = "shift=" + shift + ",sleep=off";
        return switch (phase) {
            case BOOT, COUNT -> List.of("-icount", count);
            case RECORD -> List.of("-icount", count + ",rr=record,rrfile=" + RECORDING);
            case REPLAY, TRACE -> List.of("-icount", count + ",rr=replay,rrfile=" + RECORDING, "-D", MERGED);
            case DEBUG -> List.of("-icount", count + ",rr=replay,rrfile=" + RECORDING);
            case BOOT_FREE, FREE -> List.of();
        };
    }

    /** The emulator dies with the process that started it, also when that one is killed, and can neither eat the host nor dump core. */
    private static List<String> limits(TargetManifest manifest) {
        long memory = manifest.machine().memory().bytes();
        long largestFile = Math.max(LARGEST_RECORDING, SNAPSHOTS_PER_DISK * (memory + (64L << 20)));
        return List.of(
                "setpriv",
                "--pdeathsig",
                "KILL",
                "prlimit",
                "--core=0",
                "--as=" + (memory + ((long) TRANSLATION_BUFFER_MIB << 20) + ADDRESS_SPACE_OVERHEAD),
                "--fsize=" + largestFile,
                "--nofile=" + MOST_FILES,
                "--cpu=" + SECONDS_OF_WORK,
                "--");
    }
}
