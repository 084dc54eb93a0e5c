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
    /** In place of an offset, of delays that no trace gave. */
    private static final int NO_OFFSET = -1;

    private static final int MAGIC = 0x42575450; // "BWTP"
    private static final int FORMAT = 1;
    /** Above anything that is traced; a damaged file may say anything. */
    private static final int MOST = 1 << 26;

    private final int shift;
    private final @Nullable TestTrace trace;
    private final int[] delays;
    private final int[] offsets;

    private TracedPlan(int shift, @Nullable TestTrace trace, int[] delays, int[] offsets) {
        this.shift = shift;
        this.trace = trace;
        this.delays = delays;
        this.offsets = offsets;
    }

    /** The plan of {@link Planner}. */
    public static TracedPlan of(int shift, TestTrace trace, List<Placement> placements) {
        return new TracedPlan(
                shift,
                trace,
                placements.stream().mapToInt(each -> (int) each.delay()).toArray(),
                placements.stream().mapToInt(Placement::offset).toArray());
    }

    /** A test that failed while it was to be traced: it is enough to run the same delays again. */
    public static TracedPlan ofFailing(int shift, List<Long> delays) {
        int[] offsets = new int[delays.size()];
        Arrays.fill(offsets, NO_OFFSET);
        return new TracedPlan(
                shift, null, delays.stream().mapToInt(Long::intValue).toArray(), offsets);
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

    /** The place that the first tick of an iteration lands on; null when it is not known. */
    public @Nullable Place place(int index) {
        TestTrace known = trace;
        int offset = offsets[index];
        return known == null || offset == NO_OFFSET || known.at(offset) == TestTrace.BLIND
                ? null
                : known.places().get(known.at(offset));
    }

    /** Indices of the places under an iteration's ticks, among {@link TestTrace#places}; empty when there is no trace. */
    public Set<Integer> covered(int index) {
        TestTrace known = trace;
        Set<Integer> covered = new HashSet<>();
        if (known != null && offsets[index] != NO_OFFSET) {
            for (long at = offsets[index]; at < known.length(); at += known.stride()) {
                if (known.at((int) at) != TestTrace.BLIND) {
                    covered.add(known.at((int) at));
                }
            }
        }
        return covered;
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
            out.writeInt(offsets[i]);
        }
        out.flush();
        compressed.finish();
    }

    private static void write(TestTrace trace, DataOutputStream out) throws IOException {
        out.writeLong(trace.period());
        out.writeLong(trace.lead());
        out.writeLong(trace.handler());
        Map<String, Integer> symbols = new HashMap<>();
        out.writeInt(trace.places().size());
        for (Place place : trace.places()) {
            out.writeLong(place.pc());
            out.writeInt(place.context());
            out.writeByte(place.kind().ordinal());
            Integer known = symbols.get(place.symbol());
            out.writeInt(known == null ? symbols.size() : known);
            if (known == null) {
                symbols.put(place.symbol(), symbols.size());
                out.writeUTF(place.symbol());
            }
        }
        out.writeInt(trace.length());
        for (int i = 0; i < trace.length(); i++) {
            out.writeInt(trace.at(i));
        }
    }

    /** @throws IOException also when it is no such file */
    public static TracedPlan read(InputStream from) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(new InflaterInputStream(from)));
        if (in.readInt() != MAGIC || in.readInt() != FORMAT) {
            throw new IOException("this is no plan of the traced strategy, or one of a newer format");
        }
        int shift = in.readInt();
        TestTrace trace = in.readBoolean() ? readTrace(in) : null;
        int[] delays = new int[count(in)];
        int[] offsets = new int[delays.length];
        for (int i = 0; i < delays.length; i++) {
            delays[i] = in.readInt();
            offsets[i] = in.readInt();
            if (offsets[i] < NO_OFFSET || trace != null && offsets[i] >= trace.length()) {
                throw new IOException("the plan's offset " + offsets[i] + " is past the trace");
            }
        }
        return new TracedPlan(shift, trace, delays, offsets);
    }

    private static TestTrace readTrace(DataInputStream in) throws IOException {
        long period = in.readLong();
        long lead = in.readLong();
        long handler = in.readLong();
        Place.Kind[] kinds = Place.Kind.values();
        List<String> symbols = new ArrayList<>();
        int places = count(in);
        List<Place> all = new ArrayList<>(Math.min(places, 1 << 16));
        for (int i = 0; i < places; i++) {
            long pc = in.readLong();
            int context = in.readInt();
            int kind = in.readUnsignedByte();
            int symbol = in.readInt();
            if (symbol == symbols.size()) {
                symbols.add(in.readUTF());
            }
            if (kind >= kinds.length || symbol < 0 || symbol >= symbols.size()) {
                throw new IOException("the plan's place " + i + " is damaged");
            }
            all.add(new Place(pc, context, kinds[kind], symbols.get(symbol)));
        }
        int[] at = new int[count(in)];
        for (int i = 0; i < at.length; i++) {
            at[i] = in.readInt();
        }
        return new TestTrace(period, lead, handler, all, at);
    }

    private static int count(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > MOST) {
            throw new IOException("a plan of " + count + " is damaged");
        }
        return count;
    }
}
