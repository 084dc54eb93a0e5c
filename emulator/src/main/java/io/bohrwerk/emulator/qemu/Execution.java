package io.bohrwerk.emulator.qemu;

import java.util.List;

/** How a guest's instructions are executed: what virtual time is made of, and where the events from outside come from. */
public sealed interface Execution {
    /** In host time, with no instruction count. Not repeatable. */
    record Free() implements Execution {
        @Override
        public List<String> options(String idle) {
            return List.of();
        }
    }

    /** Instructions counted, nothing recorded: the same start repeats the same run on one emulator version. */
    record Counted(int shift) implements Execution {
        @Override
        public List<String> options(String idle) {
            return List.of("-icount", "shift=" + shift + idle);
        }
    }

    /** Instructions counted, and every event from outside written to {@link QemuCommandLine#RECORDING}. */
    record Recorded(int shift) implements Execution {
        @Override
        public List<String> options(String idle) {
            return List.of("-icount", "shift=" + shift + idle + ",rr=record,rrfile=" + QemuCommandLine.RECORDING);
        }
    }

    /** Driven by {@link QemuCommandLine#RECORDING}. */
    record Replayed(int shift) implements Execution {
        @Override
        public List<String> options(String idle) {
            return List.of("-icount", "shift=" + shift + idle + ",rr=replay,rrfile=" + QemuCommandLine.RECORDING);
        }
    }

    /**
     * QEMU's options.
     *
     * @param idle what {@code -icount} is told about an idle processor; empty or {@code ,sleep=off}
     */
    List<String> options(String idle);
}
