package io.bohrwerk.emulator.debug;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.debug.Travel.Arrival;
import io.bohrwerk.protocol.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** One gdb's visit, from its first packet until it leaves. */
final class Conversation {
    /** QEMU's own packet size, in hexadecimal. */
    private static final String FEATURES =
            "PacketSize=1000;qXfer:features:read+;vContSupported+;multiprocess+;QStartNoAckMode+;"
                    + "swbreak+;hwbreak+;ReverseStep+;ReverseContinue+";

    /** The machine's only processor, as QEMU names it when {@code multiprocess} is agreed on. */
    private static final String THREAD = "thread:p01.01;";

    private static final int SIGINT = 2;
    private static final int SIGTRAP = 5;
    private static final Packet ERROR = Packet.of("E01");
    /** Questions that go to QEMU as they are. */
    private static final String ASKED_OF_QEMU = "gpmHT";

    private static final String[] QUERIES_OF_QEMU = {
        "qC", "qfThreadInfo", "qsThreadInfo", "qThreadExtraInfo", "qAttached", "qXfer:features:read"
    };

    private final PacketStream gdb;
    private final Timeline timeline;
    private final Breakpoints points;
    private final Travel travel;
    private final MonitorCommands monitor;
    private final BlockingQueue<Optional<Packet>> requests = new LinkedBlockingQueue<>();
    private volatile @Nullable Budget underWay;
    private volatile boolean left;

    Conversation(PacketStream gdb, Timeline timeline, Breakpoints points, Travel travel) {
        this.gdb = gdb;
        this.timeline = timeline;
        this.points = points;
        this.travel = travel;
        this.monitor = new MonitorCommands(timeline, travel);
    }

    /**
     * Answers until gdb leaves, or {@link #leave} is called.
     *
     * @throws InfrastructureException when no emulator can be brought to where the user is
     */
    void run() throws IOException, InfrastructureException, InterruptedException {
        Thread reader = new Thread(this::read, "gdb-reader");
        reader.setDaemon(true);
        reader.start();
        points.clear();
        while (!left) {
            timeline.warmUp(travel.icount());
            Optional<Packet> request = requests.take();
            if (request.isEmpty() || !answer(request.get().text())) {
                return;
            }
        }
    }

    /** Ends the visit, and what is under way. From any thread. */
    void leave() {
        left = true;
        requests.add(Optional.empty());
        breakOff();
    }

    private void read() {
        try {
            for (Packet packet = gdb.receive(); packet != null; packet = gdb.receive()) {
                if (packet.isInterrupt()) {
                    breakOff();
                } else {
                    requests.add(Optional.of(packet));
                }
            }
        } catch (IOException e) {
            // Told like an end.
        } finally {
            leave();
        }
    }

    private void breakOff() {
        Budget budget = underWay;
        if (budget != null) {
            budget.breakOff();
        }
    }

    /** @return whether to go on */
    private boolean answer(String request) throws IOException, InfrastructureException {
        Budget budget = timeline.newBudget();
        underWay = budget;
        if (left) {
            return false;
        }
        try {
            return answer(request, budget);
        } catch (InvalidInputException e) {
            fail(request, e.getMessage());
        } catch (Budget.BrokenOff e) {
            recover(request, "broken off");
        } catch (InfrastructureException e) {
            recover(request, e.getMessage());
        } finally {
            underWay = null;
        }
        return !left;
    }

    /** Whatever happened to the emulator, another one is put where the user was. */
    private void recover(String request, @Nullable String why) throws IOException, InfrastructureException {
        if (left) {
            return;
        }
        Budget budget = timeline.newBudget();
        underWay = budget;
        try {
            travel.restore(budget);
        } catch (Budget.BrokenOff e) {
            return; // gdb has left in the meantime; the next one finds another emulator
        }
        fail(request, why + "; back at instruction " + travel.icount());
    }

    private void fail(String request, @Nullable String why) throws IOException {
        if (request.startsWith("qRcmd,")) {
            say(why + "\n");
            gdb.send(Packet.OK);
        } else if (moves(request)) {
            say("bohrwerk: " + why + "\n");
            gdb.send(stop(SIGINT, ""));
        } else {
            gdb.send(ERROR);
        }
    }

    private static boolean moves(String request) {
        return request.startsWith("vCont;") || request.matches("[cs]|[CS][0-9a-f]{2}|b[cs]");
    }

    private boolean answer(String request, Budget budget) throws IOException, InfrastructureException {
        if (request.isEmpty()) {
            gdb.send(Packet.UNKNOWN);
            return true;
        }
        if (moves(request)) {
            move(request, budget);
            return true;
        }
        if (request.startsWith("qSupported")) {
            gdb.send(Packet.of(FEATURES));
        } else if (request.equals("QStartNoAckMode")) {
            gdb.send(Packet.OK);
            gdb.stopAcknowledging();
        } else if (request.equals("vCont?")) {
            gdb.send(Packet.of("vCont;c;C;s;S"));
        } else if (request.equals("?")) {
            gdb.send(stop(SIGTRAP, ""));
        } else if (request.startsWith("qRcmd,")) {
            String line = new String(HexFormat.of().parseHex(request.substring(6)), StandardCharsets.UTF_8);
            say(monitor.run(line, budget));
            gdb.send(Packet.OK);
        } else if (request.startsWith("Z") || request.startsWith("z")) {
            gdb.send(breakpoint(request, budget));
        } else if (request.startsWith("G") || request.startsWith("M") || request.startsWith("P")) {
            gdb.send(write(request, budget));
        } else if (request.startsWith("D") || request.startsWith("vKill") || request.equals("k")) {
            if (!request.equals("k")) {
                gdb.send(Packet.OK);
            }
            return false;
        } else if (asksQemu(request)) {
            gdb.send(timeline.current().ask(Packet.of(request), budget));
        } else {
            gdb.send(Packet.UNKNOWN);
        }
        return true;
    }

    private static boolean asksQemu(String request) {
        for (String query : QUERIES_OF_QEMU) {
            if (request.startsWith(query)) {
                return true;
            }
        }
        return ASKED_OF_QEMU.indexOf(request.charAt(0)) >= 0;
    }

    private void move(String request, Budget budget) throws IOException, InfrastructureException {
        boolean steps = request.startsWith("s") || request.startsWith("S") || request.matches("(?i)vCont;s.*");
        Arrival arrival;
        if (request.equals("bs")) {
            arrival = travel.stepBack(budget);
        } else if (request.equals("bc")) {
            arrival = travel.runBack(budget);
        } else {
            arrival = steps ? travel.step(budget) : travel.run(budget);
        }
        gdb.send(stop(arrival.interrupted() ? SIGINT : SIGTRAP, arrival.reason()));
    }

    private Packet breakpoint(String request, Budget budget) throws InfrastructureException {
        Breakpoints.Point point = Breakpoints.parse(request);
        if (point == null) {
            return Packet.UNKNOWN;
        }
        if (request.startsWith("z")) {
            points.remove(point);
            return Packet.OK;
        }
        // Tried once, so that gdb hears at once what QEMU does not take.
        Packet answer = timeline.current().ask(point.inserting(), budget);
        if (answer.equals(Packet.OK)) {
            timeline.current().ask(point.removing(), budget);
            points.add(point);
        }
        return answer;
    }

    private Packet write(String request, Budget budget) throws InfrastructureException, IOException {
        timeline.current().alter();
        return timeline.current().ask(Packet.of(request), budget);
    }

    private void say(String text) throws IOException {
        // Two characters a byte, and gdb's buffer holds what was announced.
        int most = 1000;
        for (int at = 0; at < text.length(); at += most) {
            gdb.send(Packet.console(text.substring(at, Math.min(text.length(), at + most))));
        }
    }

    private static Packet stop(int signal, String reason) {
        return Packet.of(String.format("T%02x%s%s", signal, THREAD, reason));
    }
}
