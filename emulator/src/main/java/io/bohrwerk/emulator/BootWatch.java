package io.bohrwerk.emulator;

import io.bohrwerk.emulator.console.AgentLine;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Lets a guest boot until its agent is ready. */
final class BootWatch {
    /**
     * What QEMU says when it cannot load a kernel or initrd, before it exits with status 1: the target's fault, for good. It exits with
     * the same status on a host without memory, which is not.
     */
    private static final Pattern REFUSED =
            Pattern.compile("exit status 1: .*(kernel|initrd|ram disk|image|multiboot).*", Pattern.DOTALL);

    private static final Duration WAKE_UP = Duration.ofSeconds(1);

    private static final int SHOWN_LINES = 20;
    private static final int SHOWN_LINE = 120;

    private BootWatch() {}

    /** Lets a guest that waits for a batch run for a while. */
    static void awaitQuiet(Guest guest, Duration time) throws InfrastructureException, IOException {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            Happening happening = guest.voice().next(Duration.ofNanos(left));
            if (happening instanceof Happening.Event event && BatchWatch.stopsForGood(event.event())) {
                throw new InfrastructureException(
                        InfrastructureTrouble.NEVER_READY,
                        "the guest did not survive the jump of its clock to another shift: "
                                + BatchWatch.describe(event.event()));
            } else if (happening instanceof Happening.Exited) {
                throw new InfrastructureException(
                        InfrastructureTrouble.EMULATOR_DIED,
                        "the emulator died: " + guest.emulator().describeExit());
            } else if (happening instanceof Happening.Flooded) {
                throw GuestVoice.flooded();
            }
        }
    }

    /** @param cpus of the machine: where it has several, the guest must say how many it runs */
    static void awaitReady(Guest guest, int cpus, Duration limit)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        long end = System.nanoTime() + limit.toNanos();
        int started = 1;
        while (true) {
            Happening happening = next(guest, end);
            if (happening == null) {
                throw new InfrastructureException(
                        InfrastructureTrouble.NEVER_READY,
                        "the guest did not say '@bw ready' within " + limit.toSeconds() + " s; it last said: "
                                + lastLine(guest));
            }
            if (happening instanceof Happening.Said said) {
                if (said.line() instanceof AgentLine.Ready) {
                    requireStarted(started, cpus);
                    return;
                }
                if (said.line() instanceof AgentLine.Cpus told) {
                    started = told.count();
                    continue;
                }
                throw new InfrastructureException(
                        InfrastructureTrouble.AGENT_PROTOCOL, "instead of '@bw ready' the agent said " + said.line());
            }
            requireAlive(guest, happening);
        }
    }

    private static void requireStarted(int started, int cpus) throws InfrastructureException {
        if (started != cpus) {
            throw new InfrastructureException(
                    InfrastructureTrouble.TARGET_UNBOOTABLE,
                    "the machine has " + cpus + " CPUs, and by its '@bw cpus' the guest runs " + started
                            + (started == 1 ? " (or did not say): does its kernel support SMP?" : ""));
        }
    }

    /**
     * What happened next; null when nothing did until {@code end}, in nanoseconds of {@link System#nanoTime}.
     *
     * <p>Meanwhile the emulator is queried now and then: without {@code sleep=off} QEMU 7.2 can miss that a device has armed a timer while
     * the processor is halted, and then sleeps until its main loop is woken. Seen with the serial port's timer for the last bytes typed,
     * once in some hundred lines on a busy host.
     */
    static @Nullable Happening next(Guest guest, long end) throws InfrastructureException, IOException {
        while (true) {
            long left = Math.max(0, end - System.nanoTime());
            Happening happening = guest.voice().next(Duration.ofNanos(Math.min(left, WAKE_UP.toNanos())));
            if (happening != null || left <= WAKE_UP.toNanos()) {
                return happening;
            }
            guest.emulator().running();
        }
    }

    /** @throws InfrastructureException when the guest ended before it was ready */
    static void requireAlive(Guest guest, Happening happening)
            throws InfrastructureException, IOException, InterruptedException, TimeoutException {
        if (happening instanceof Happening.Event event && BatchWatch.stopsForGood(event.event())) {
            guest.emulator().end(); // its last words may not have been read yet
            throw new InfrastructureException(
                    InfrastructureTrouble.TARGET_UNBOOTABLE,
                    "the guest stopped before it was ready (" + BatchWatch.describe(event.event()) + "); it last said: "
                            + lastLine(guest));
        } else if (happening instanceof Happening.Exited) {
            guest.emulator().drain();
            throw new InfrastructureException(
                    InfrastructureTrouble.EMULATOR_DIED,
                    "the emulator ended before the guest was ready: "
                            + guest.emulator().describeExit());
        } else if (happening instanceof Happening.Flooded) {
            throw GuestVoice.flooded();
        }
    }

    /** The same trouble, blamed on the target where QEMU's own message does so. */
    static InfrastructureException blame(InfrastructureException e) {
        String message = String.valueOf(e.getMessage());
        boolean refused = e.kind() == InfrastructureTrouble.EMULATOR_DIED
                && REFUSED.matcher(message).find();
        return refused ? new InfrastructureException(InfrastructureTrouble.TARGET_UNBOOTABLE, message, e) : e;
    }

    /** The last lines of the serial console, each prefixed with a bar, so that they stay readable when joined into one line. */
    static String lastLines(Guest guest) {
        List<String> lines = guest.voice()
                .serial()
                .tail()
                .replaceAll("\\e\\[[0-9;?]*[A-Za-z]", "")
                .lines()
                .map(line -> line.replaceAll("\\p{Cntrl}", "").stripTrailing())
                .filter(line -> !line.isEmpty())
                .map(line -> line.substring(0, Math.min(SHOWN_LINE, line.length())))
                .toList();
        return lines.isEmpty()
                ? "nothing"
                : lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()).stream()
                        .map(line -> "\n| " + line)
                        .collect(Collectors.joining());
    }

    private static String lastLine(Guest guest) {
        String text =
                (guest.voice().serial().tail() + "\n" + guest.voice().console().tail()).strip();
        return text.isEmpty() ? "nothing" : text.substring(text.lastIndexOf('\n') + 1);
    }
}
