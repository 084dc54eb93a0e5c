package io.bohrwerk.protocol.traced;

import static io.bohrwerk.protocol.InvalidInputException.require;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * What the traced strategy tries at one icount shift: delays in the order of trying, and the trace that they were chosen from. Travels as a
 * file, as a long test's trace has millions of instructions.
 */
public final class TracedPlan {
    /** In place of a place, of delays that no trace gave. */
    private static final int NO_PLACE = -1;

    private static final int MAGIC = 0x42575450; // "BWTP"
    private static final int FORMAT = 2;
    /** Above anything that is traced; a damaged file may say anything. */
    private static final int MOST = 1 << 26;

    private final int shift;
    private final @Nullable TestTrace trace;
    private final int[] delays;
    private final int[] places;
    /** By delay, the places with an execution known to lie under its ticks. Made when it is asked for. */
    private @Nullable Map<Long, Set<Integer>> under;

    private TracedPlan(int shift, @Nullable TestTrace trace, int[] delays, int[] places) {
        this.shift = shift;
        this.trace = trace;
        this.delays = delays;
        this.places = places;
    }

    /** The plan of {@link Planner}. */
    public static TracedPlan of(int shift, TestTrace trace, List<Placement> placements) {
        return new TracedPlan(
                shift,
                trace,
                placements.stream().mapToInt(each -> (int) each.delay()).toArray(),
                placements.stream().mapToInt(Placement::place).toArray());
    }

    /** A test that failed while it was to be traced: it is enough to run the same delays again. */
    public static TracedPlan ofFailing(int shift, List<Long> delays) {
        int[] places = new int[delays.size()];
        Arrays.fill(places, NO_PLACE);
        return new TracedPlan(
                shift, null, delays.stream().mapToInt(Long::intValue).toArray(), places);
    }

    public int shift() {
        return shift;
    }

    /** Null when the test failed while it was to be traced. */
    public @Nullable TestTrace trace() {
        return trace;
    }

    /** How many iterations there are to run. */
    public int size() {
        return delays.length;
    }

    /** In instructions, aligned to the tick. */
    public long delay(int index) {
        return Integer.toUnsignedLong(delays[index]);
    }

    /** @param count at least 1; fewer come when the plan ends before */
    public List<Long> delays(int from, int count) {
        require(from >= 0 && from < size(), "from", from, "must be below the plan's size of " + size());
        List<Long> some = new ArrayList<>();
        for (int i = from; i < Math.min((long) size(), (long) from + count); i++) {
            some.add(delay(i));
        }
        return some;
    }

    /** The place that an iteration is for; null when it is not known. */
    public @Nullable Place place(int index) {
        TestTrace known = trace;
        return known == null || places[index] == NO_PLACE
                ? null
                : known.places().get(places[index]);
    }

    /**
     * Indices of the places under an iteration's ticks, among {@link TestTrace#places}: those of which a tick hits the first, second or last
     * execution. Empty when there is no trace.
     */
    public synchronized Set<Integer> covered(int index) {
        if (under == null) {
            under = trace == null ? Map.of() : under(trace);
        }
        return under.getOrDefault(delay(index), Set.of());
    }

    private static Map<Long, Set<Integer>> under(TestTrace trace) {
        Map<Long, Set<Integer>> under = new HashMap<>();
        for (int place = 0; place < trace.places().size(); place++) {
            for (Visits.Turn turn : Visits.Turn.values()) {
                int offset = trace.visits().get(place).offset(turn);
                if (offset >= 0 && offset < trace.length()) {
                    under.computeIfAbsent(trace.delayFor(offset), delay -> new HashSet<>())
                            .add(place);
                }
            }
        }
        return under;
    }

    /** Writes it, compressed. The stream stays open. */
    public void write(OutputStream to) throws IOException {
        DeflaterOutputStream compressed = new DeflaterOutputStream(to);
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(compressed));
        out.writeInt(MAGIC);
        out.writeInt(FORMAT);
        out.writeInt(shift);
        out.writeBoolean(trace != null);
        if (trace != null) {
            write(trace, out);
        }
        out.writeInt(delays.length);
        for (int i = 0; i < delays.length; i++) {
            out.writeInt(delays[i]);
            out.writeInt(places[i]);
        }
        out.flush();
        compressed.finish();
    }

    private static void write(TestTrace trace, DataOutputStream out) throws IOException {
        out.writeLong(trace.period());
        out.writeLong(trace.lead());
        out.writeLong(trace.delay());
        out.writeInt(trace.length());
        out.writeInt(trace.blind());
        Map<String, Integer> symbols = new HashMap<>();
        Map<Place.Context, Integer> contexts = new HashMap<>();
        out.writeInt(trace.places().size());
        for (int i = 0; i < trace.places().size(); i++) {
            Place place = trace.places().get(i);
            out.writeLong(place.pc());
            out.writeByte(place.kind().ordinal());
            if (isNew(contexts, place.context(), out)) {
                write(place.context(), out);
            }
            if (isNew(symbols, place.symbol(), out)) {
                out.writeUTF(place.symbol());
            }
            Visits visits = trace.visits().get(i);
            out.writeLong(visits.count());
            out.writeInt(visits.first());
            out.writeInt(visits.second());
            out.writeInt(visits.last());
        }
    }

    /** Writes the number of a value; a new one is the next number, and the value is to follow. */
    private static <T> boolean isNew(Map<T, Integer> known, T value, DataOutputStream out) throws IOException {
        Integer number = known.putIfAbsent(value, known.size());
        out.writeInt(number == null ? known.size() - 1 : number);
        return number == null;
    }

    private static void write(Place.Context context, DataOutputStream out) throws IOException {
        out.writeLong(context.space());
        out.writeInt(context.vector());
        out.writeInt(context.number());
        out.writeInt(context.depth());
        out.writeByte(context.privilege());
        out.writeBoolean(context.fresh());
    }

    /** @throws IOException also when it is no such file */
    public static TracedPlan read(InputStream from) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(new InflaterInputStream(from)));
        if (in.readInt() != MAGIC || in.readInt() != FORMAT) {
            throw new IOException("this is no plan of the traced strategy, or one of another format than " + FORMAT);
        }
        int shift = in.readInt();
        TestTrace trace = in.readBoolean() ? readTrace(in) : null;
        int[] delays = new int[count(in)];
        int[] places = new int[delays.length];
        for (int i = 0; i < delays.length; i++) {
            delays[i] = in.readInt();
            places[i] = in.readInt();
            if (places[i] < NO_PLACE
                    || trace != null && places[i] >= trace.places().size()) {
                throw new IOException("the plan's place " + places[i] + " is not in its trace");
            }
        }
        return new TracedPlan(shift, trace, delays, places);
    }

    private static TestTrace readTrace(DataInputStream in) throws IOException {
        long period = in.readLong();
        long lead = in.readLong();
        long delay = in.readLong();
        int length = in.readInt();
        int blind = in.readInt();
        Place.Kind[] kinds = Place.Kind.values();
        List<String> symbols = new ArrayList<>();
        List<Place.Context> contexts = new ArrayList<>();
        int count = count(in);
        List<Place> places = new ArrayList<>(Math.min(count, 1 << 16));
        List<Visits> visits = new ArrayList<>(Math.min(count, 1 << 16));
        for (int i = 0; i < count; i++) {
            long pc = in.readLong();
            int kind = in.readUnsignedByte();
            int context = in.readInt();
            if (context == contexts.size()) {
                contexts.add(new Place.Context(
                        in.readLong(), in.readInt(), in.readInt(), in.readInt(), in.readByte(), in.readBoolean()));
            }
            int symbol = in.readInt();
            if (symbol == symbols.size()) {
                symbols.add(in.readUTF());
            }
            if (kind >= kinds.length
                    || context < 0
                    || context >= contexts.size()
                    || symbol < 0
                    || symbol >= symbols.size()) {
                throw new IOException("the plan's place " + i + " is damaged");
            }
            places.add(new Place(pc, contexts.get(context), kinds[kind], symbols.get(symbol)));
            visits.add(new Visits(in.readLong(), in.readInt(), in.readInt(), in.readInt()));
        }
        return new TestTrace(period, lead, delay, length, blind, places, visits);
    }

    private static int count(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > MOST) {
            throw new IOException("a plan of " + count + " is damaged");
        }
        return count;
    }
}
