package io.bohrwerk.emulator.qemu;

import java.util.List;

/** What an emulator is started with to look at its guest. None of these changes what a replayed or counted guest does. */
public sealed interface Instrument {
    /** QEMU's log and both consoles in one stream, {@link QemuCommandLine#MERGED}, in the order in which they were written. */
    record MergedLog() implements Instrument {
        @Override
        public List<String> options() {
            return List.of("-D", QemuCommandLine.MERGED);
        }
    }

    /** QEMU's own log alone, in {@link QemuCommandLine#MERGED}. */
    record OwnLog() implements Instrument {
        @Override
        public List<String> options() {
            return List.of("-D", QemuCommandLine.MERGED);
        }
    }

    /**
     * QEMU's log of interrupts and exceptions, discarded: for what writing it costs, which in a {@link Execution.Free free} run is guest
     * time.
     */
    record DiscardedLog() implements Instrument {
        @Override
        public List<String> options() {
            return List.of("-d", "int", "-D", "/dev/null");
        }
    }

    /** QEMU's gdb server, on a pair of FIFOs: no other process finds them, and no path is too long for them, as it is for a socket. */
    record GdbServer() implements Instrument {
        @Override
        public List<String> options() {
            return List.of("-chardev", "pipe,id=gdb,path=" + QemuCommandLine.GDB, "-gdb", "chardev:gdb");
        }
    }

    /** Our plugin, which writes to {@link PluginOptions#OUT}. */
    record Plugin(PluginOptions what) implements Instrument {
        @Override
        public List<String> options() {
            return what.options();
        }
    }

    /** QEMU's options. */
    List<String> options();
}
