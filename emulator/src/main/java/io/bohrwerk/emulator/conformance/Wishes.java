package io.bohrwerk.emulator.conformance;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.plugin.PluginLine.Interrupt;
import io.bohrwerk.protocol.VirtualTime;
import io.bohrwerk.protocol.conformance.Conformance.Finding;
import io.bohrwerk.protocol.conformance.Conformance.Service;
import io.bohrwerk.protocol.schedule.Align;
import io.bohrwerk.protocol.schedule.ExtraInterrupt;
import io.bohrwerk.protocol.schedule.Schedule;
import io.bohrwerk.protocol.schedule.Setting;
import io.bohrwerk.protocol.target.HertzRange;
import io.bohrwerk.protocol.target.TargetManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The guest's timer: its period, and what the guest serves of {@code hz} and {@code extra}. Found in replays, instruction by instruction. */
final class Wishes {
    /** Some seconds of a host: a trace takes one for each million. */
    private static final long MOST_TRACED = 4_000_000;
    /** An extra interrupt mostly comes this soon: Linux's agent forks, execs and holds the test in between. */
    private static final long SOON = 1_000_000;
    /** So many ticks are looked for. */
    private static final int TICKS = 8;

    private static final double HZ_TOLERANCE = 0.02;

    private static final int OFFSET = 20;
    private static final int OTHER_OFFSET = 28;

    private final Counter counter;
    private final TargetManifest manifest;
    private final int shift;

    Wishes(Counter counter, TargetManifest manifest) {
        this.counter = counter;
        this.manifest = manifest;
        this.shift = manifest.machine().bootShift();
    }

    /** Between two ticks of the timer: of all interrupts of devices, those of the vector that comes most. Empty when fewer than three came. */
    private OptionalLong period(@Nullable Setting setting, VirtualTime expected, boolean listed)
            throws InfrastructureException {
        long ticks = expected.instructions(shift) * TICKS;
        for (long delay = Math.min(ticks, MOST_TRACED); ; delay = MOST_TRACED) {
            Schedule schedule =
                    listed ? Schedule.listed(shift, List.of(delay), Align.NONE) : Schedule.fixed(shift, rounded(delay));
            long most = Math.min(MOST_TRACED, delay + delay / TICKS);
            OptionalLong period = period(counter.interrupts(schedule.under(setting), most));
            if (period.isPresent() || delay == MOST_TRACED) {
                return period;
            }
        }
    }

    /** A shell delays in turns of a loop. */
    private long rounded(long delay) {
        int spin = manifest.test()
                .console()
                .map(script -> script.loop().spinInstructions())
                .orElse(1);
        return delay / spin * spin;
    }

    private static OptionalLong period(List<Interrupt> interrupts) {
        Map<Integer, List<Long>> byVector = interrupts.stream()
                .collect(Collectors.groupingBy(
                        Interrupt::vector, Collectors.mapping(Interrupt::count, Collectors.toList())));
        List<Long> ticks = byVector.values().stream()
                .max((a, b) -> Integer.compare(a.size(), b.size()))
                .orElse(List.of());
        if (ticks.size() < 3) {
            return OptionalLong.empty();
        }
        List<Long> gaps = new ArrayList<>();
        for (int i = 1; i < ticks.size(); i++) {
            gaps.add(ticks.get(i) - ticks.get(i - 1));
        }
        gaps.sort(null);
        return OptionalLong.of(gaps.get(gaps.size() / 2));
    }

    /** The timer's period as it was measured; null when it could not be. */
    @Nullable
    VirtualTime timer(boolean listed) throws InfrastructureException {
        OptionalLong period = period(null, manifest.machine().timerPeriod(), listed);
        return period.isEmpty() ? null : new VirtualTime(period.getAsLong() << shift);
    }

    /** @param usual the timer's period without a wish */
    Finding hz(@Nullable VirtualTime usual, boolean listed) throws InfrastructureException {
        VirtualTime now = usual == null ? manifest.machine().timerPeriod() : usual;
        int asked = (int) Math.max(1, Math.min(1_000_000, 2_000_000_000L / now.nanos()));
        HertzRange range = manifest.machine().timerHz();
        if (range != null && !range.holds(asked)) {
            asked = range.most() > asked ? range.least() : range.most();
        }
        VirtualTime wanted = VirtualTime.ofHertz(asked);
        try {
            OptionalLong period = period(new Setting(null, null, asked, null, null), wanted, listed);
            if (period.isEmpty()) {
                return new Finding(Service.UNDECIDED, "it says that it serves it, but no ticks were seen");
            }
            long nanos = period.getAsLong() << shift;
            String seen = String.format(
                    Locale.ROOT,
                    "asked for %,d Hz its timer ticked every %,d instructions, which are %.1f Hz",
                    asked,
                    period.getAsLong(),
                    1e9 / nanos);
            return Math.abs(nanos - wanted.nanos()) <= HZ_TOLERANCE * wanted.nanos()
                    ? new Finding(
                            Service.EXACT,
                            seen + (range == null ? "; for jobs to use it, add machine.timerHz to target.yaml" : ""))
                    : new Finding(usual != null && near(nanos, usual) ? Service.NOT_SERVED : Service.INEXACT, seen);
        } catch (InfrastructureException e) {
            return new Finding(Service.NOT_SERVED, Counter.refusal(e));
        }
    }

    private static boolean near(long nanos, VirtualTime other) {
        return Math.abs(nanos - other.nanos()) <= HZ_TOLERANCE * other.nanos();
    }

    /** Two batches whose extra interrupts are some instructions apart: the same interrupt must come so much later. */
    Finding extra() throws InfrastructureException {
        try {
            int later = OTHER_OFFSET - OFFSET;
            String yaml = manifest.test().extraInterrupt()
                    ? ""
                    : "; for jobs to use it, add test.extraInterrupt to target.yaml";
            List<Interrupt> early = List.of();
            for (long most : new long[] {SOON, MOST_TRACED}) {
                List<Interrupt> asked = counter.interrupts(extra(OFFSET), most);
                List<Interrupt> late = counter.interrupts(extra(OTHER_OFFSET), most);
                if (asked.stream()
                        .anyMatch(a -> !at(late, a.vector(), a.count()) && at(late, a.vector(), a.count() + later))) {
                    return new Finding(
                            Service.EXACT,
                            "asked for it " + later + " instructions later it came exactly so much later" + yaml);
                }
                early = asked;
            }
            int usual =
                    counter.interrupts(Schedule.fixed(shift, 100), MOST_TRACED).size();
            String seen = "it says that it serves it; one iteration met " + early.size() + " interrupts with it and "
                    + usual + " without";
            return early.size() > usual
                    ? new Finding(Service.SERVED, seen + ". Whether it comes at its instruction cannot be told" + yaml)
                    : new Finding(early.isEmpty() ? Service.NOT_SERVED : Service.UNDECIDED, seen);
        } catch (InfrastructureException e) {
            return new Finding(Service.NOT_SERVED, Counter.refusal(e));
        }
    }

    private static boolean at(List<Interrupt> interrupts, int vector, long count) {
        return interrupts.stream().anyMatch(each -> each.vector() == vector && each.count() == count);
    }

    private Schedule extra(long offset) {
        return Schedule.fixed(shift, 100)
                .under(new Setting(null, new ExtraInterrupt(offset, 0, null), null, null, null));
    }
}
