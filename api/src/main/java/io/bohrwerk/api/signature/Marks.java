package io.bohrwerk.api.signature;

import java.util.List;
import java.util.TreeSet;

/**
 * By what a failure is put into a group.
 *
 * @param signature its own
 * @param alternatives keys under which reports of the same bug may go as well: groups meet by them
 * @param frames the top of its stack, innermost first, without functions that say nothing; empty where there is no stack
 * @param whole false for a report that is cut or garbled: it may join a group by its own signature, and founds none
 */
public record Marks(Signature signature, List<String> alternatives, List<String> frames, boolean whole) {
    public Marks {
        alternatives = List.copyOf(alternatives);
        frames = List.copyOf(frames);
    }

    /** Of a failure that has nothing but a signature. */
    public static Marks of(Signature signature) {
        return new Marks(signature, List.of(), List.of(), true);
    }

    /** All keys that lead to its group, in one order everywhere, so that two who write them never wait for each other. */
    public TreeSet<String> keys() {
        TreeSet<String> keys = new TreeSet<>(alternatives);
        keys.add(signature.key());
        return keys;
    }
}
