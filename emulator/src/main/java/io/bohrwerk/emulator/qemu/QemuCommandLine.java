package io.bohrwerk.emulator.qemu;

import io.bohrwerk.protocol.target.Disk;
import io.bohrwerk.protocol.target.TargetBoot;
import io.bohrwerk.protocol.target.TargetMachine;
import io.bohrwerk.protocol.target.TargetManifest;
import java.util.ArrayList;
import java.util.List;

/**
 * QEMU's command line, as a pure function of the target's manifest and a {@link Launch}.
 *
 * <p>Every file has a fixed name in the machine's private directory, where QEMU runs. So no path or name chosen by a user gets into an
 * option string, where a comma would start another option, and the command line is the same on every host. The one text from a user is
 * the kernel's command line, which is an argument of its own.
 */
public final class QemuCommandLine {
    public static final String KERNEL = "kernel";
    public static final String INITRD = "initrd";
    /** The qcow2 image that holds the machine's snapshots. */
    public static final String STATE = "state.qcow2";

    /** The stem of the target's disk images, by their place in the manifest. */
    private static final String DISK = "disk";

    public static final String RECORDING = "recording.rr";
    /** Port 0xe9. */
    public static final String CONSOLE = "console.fifo";
    /** The first serial port. */
    public static final String SERIAL = "serial.fifo";
    /** The stem of {@link #INPUT} and {@link #OUTPUT}. */
    private static final String TYPED = "serial";
    /** Input to the first serial port, for a guest that is driven over it. */
    public static final String INPUT = TYPED + ".in";
    /** Output of such a guest, instead of {@link #SERIAL}. */
    public static final String OUTPUT = TYPED + ".out";
    /** Both consoles and QEMU's own log, while replaying. */
    public static final String MERGED = "merged.fifo";

    public static final String BATCH = "batch.cfg";
    public static final String TEST = "test.cfg";
    public static final String DELAYS = "delays.cfg";

    /** While debugging: the stem of the two FIFOs to and from QEMU's own gdb server. */
    public static final String GDB = "gdb";

    /** The snapshot that batches start from. */
    public static final String READY = "ready";

    /** Translated code, in MiB. QEMU's default grows to a gigabyte, more than a batch of one test ever needs. */
    private static final int TRANSLATION_BUFFER_MIB = 64;
    /** QEMU's own needs besides guest memory and that buffer: measured 0.9 GiB of address space, of it 60 MiB resident. */
    private static final long ADDRESS_SPACE_OVERHEAD = 3L << 30;
    /** The largest file is the image of snapshots: three of them, each as large as guest memory. */
    private static final int SNAPSHOTS_PER_DISK = 3;

    private static final long LARGEST_RECORDING = 2L << 30;
    /** It opens about thirty. */
    private static final int MOST_FILES = 256;
    /** CPU time. A wall-clock limit ends it long before; this one holds even when nobody watches. */
    private static final int SECONDS_OF_WORK = 86_400;
    /** What a guest may write to its disk, from its first instruction on. */
    private static final long LARGEST_OVERLAY = 16L << 30;

    private QemuCommandLine() {}

    /** The options that shape the machine that the guest sees: a part of a batch's coordinates. */
    public static List<String> machineOptions(TargetManifest manifest) {
        TargetMachine machine = manifest.machine();
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
        TargetBoot boot = manifest.boot();
        for (int i = 0; i < boot.disks().size(); i++) {
            Disk disk = boot.disks().get(i);
            String device = disk.bus() == Disk.Bus.VIRTIO ? "virtio-blk-pci" : disk.writable() ? "ide-hd" : "ide-cd";
            options.addAll(List.of("-device", device + ",drive=replayed" + i));
        }
        if (boot.kernel() != null) {
            options.addAll(List.of("-kernel", KERNEL));
            if (boot.initrd() != null) {
                options.addAll(List.of("-initrd", INITRD));
            }
            options.addAll(List.of("-append", boot.append()));
        }
        return List.copyOf(options);
    }

    /** The name of a disk image in the machine's directory. */
    public static String disk(int place) {
        return DISK + place;
    }

    /** The whole command, to be run in the machine's private directory. */
    public static List<String> of(TargetManifest manifest, Launch launch) {
        List<String> command = new ArrayList<>(limits(manifest));
        command.add(manifest.machine().arch().qemuBinary());
        command.addAll(machineOptions(manifest));
        command.addAll(List.of("-accel", "tcg,tb-size=" + TRANSLATION_BUFFER_MIB));
        command.addAll(List.of(
                "-sandbox",
                "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
                "-qmp",
                "stdio"));
        // Copied as they are written into the stream that QEMU logs to: one order for all three.
        String copy = launch.has(Instrument.MergedLog.class) ? ",logfile=" + MERGED + ",logappend=on" : "";
        command.addAll(List.of("-chardev", "file,id=console,path=" + CONSOLE + copy));
        command.addAll(List.of(
                "-chardev",
                (launch.typesTo(manifest) ? "pipe,id=serial,path=" + TYPED : "file,id=serial,path=" + SERIAL) + copy));
        command.addAll(List.of("-fw_cfg", "name=opt/bohrwerk/batch,file=" + BATCH));
        command.addAll(List.of("-fw_cfg", "name=opt/bohrwerk/delays,file=" + DELAYS));
        command.addAll(List.of("-fw_cfg", "name=opt/bohrwerk/test,file=" + TEST));
        command.addAll(List.of("-drive", "file=" + STATE + ",if=none,id=state,format=qcow2"));
        command.addAll(disks(manifest.boot()));
        command.addAll(launch.execution().options(idle(manifest.boot())));
        launch.instruments().forEach(instrument -> command.addAll(instrument.options()));
        if (launch.snapshot() != null) {
            command.addAll(List.of("-loadvm", launch.snapshot(), "-S"));
        }
        return List.copyOf(command);
    }

    /**
     * Each disk sits behind {@code blkreplay}, which ties the completion of a request to an instruction. The writable one is the machine's
     * own image, an overlay of the target's, so a snapshot of the machine is one of the disk as well.
     */
    private static List<String> disks(TargetBoot boot) {
        List<String> options = new ArrayList<>();
        for (int i = 0; i < boot.disks().size(); i++) {
            String image = "state";
            String rights = "";
            if (!boot.disks().get(i).writable()) {
                image = "image" + i;
                // Both layers: a writable one would need snapshots of its own.
                rights = ",readonly=on";
                options.addAll(List.of("-drive", "file=" + disk(i) + ",if=none,id=" + image + ",format=raw" + rights));
            }
            options.addAll(List.of("-drive", "driver=blkreplay,if=none,image=" + image + ",id=replayed" + i + rights));
        }
        return options;
    }

    /**
     * Without disks, virtual time leaps to the next timer while the processor waits. With a disk it must not: a request takes host time, in
     * which the guest would see minutes pass, and recording such a guest hangs (QEMU 7.2).
     */
    private static String idle(TargetBoot boot) {
        return boot.disks().isEmpty() ? ",sleep=off" : "";
    }

    /** The emulator dies with the process that started it, even when that one is killed, and can neither exhaust the host nor dump core. */
    private static List<String> limits(TargetManifest manifest) {
        long memory = manifest.machine().memory().bytes();
        long largestFile = Math.max(LARGEST_RECORDING, SNAPSHOTS_PER_DISK * (memory + (64L << 20)))
                + (manifest.boot().disks().isEmpty() ? 0 : LARGEST_OVERLAY);
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
