package io.bohrwerk.emulator.qemu;

import java.util.ArrayList;
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

    /**
     * Instructions counted, nothing recorded: the same start repeats the same run on one emulator version.
     *
     * @param slices how often several CPUs take turns, see {@link io.bohrwerk.protocol.schedule.Slices}
     */
    record Counted(int shift, List<Integer> slices) implements Execution {
        public Counted {
            slices = List.copyOf(slices);
        }

        /** With the emulator's own turns. */
        public Counted(int shift) {
            this(shift, List.of());
        }

        /** A filter of network packets runs a timer on virtual time, also where there are no packets and no network card. */
        @Override
        public List<String> options(String idle) {
            List<String> options = new ArrayList<>(List.of("-icount", "shift=" + shift + idle));
            if (!slices.isEmpty()) {
                options.addAll(List.of("-netdev", "hubport,id=slices,hubid=0"));
            }
            for (int i = 0; i < slices.size(); i++) {
                options.addAll(
                        List.of("-object", "filter-buffer,id=slice" + i + ",netdev=slices,interval=" + slices.get(i)));
            }
            return List.copyOf(options);
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
