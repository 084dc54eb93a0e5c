package io.bohrwerk.mergedlog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A merged log's figures.
 *
 * @param bytes before compression
 * @param complete false when its end was cut off
 * @param fromInstruction count at which logging began; null when it is not known
 * @param toInstruction count at which the machine stopped; null when it is not known
 * @param lastIteration the last iteration that can be in it
 * @param kinds entries by {@link LogKind#word}
 * @param vectors interrupts and exceptions by their vectors, those that occur
 * @param repeatedTrapCount how many entries repeat an earlier trap frame of their iteration
 * @param repeatedTraps numbers of the first hundred of them
 * @param failureEntry number of the line that begins the failure: the first of the kernel's report, or the agent's {@code fail}; without
 *     one, of the last entry
 */
public record LogSummary(
        long bytes,
        long entries,
        boolean complete,
        @Nullable Long fromInstruction,
        @Nullable Long toInstruction,
        long firstIteration,
        long lastIteration,
        Map<String, Long> kinds,
        List<VectorCount> vectors,
        long repeatedTrapCount,
        List<Long> repeatedTraps,
        long failureEntry) {
    /** How often a vector occurs. */
    public record VectorCount(int vector, String name, long count) {}

    static LogSummary of(
            long bytes,
            long entries,
            boolean complete,
            @Nullable Long fromInstruction,
            @Nullable Long toInstruction,
            long firstIteration,
            long lastIteration,
            long[] kindCounts,
            long[] vectorCounts,
            long repeatedTrapCount,
            long[] repeatedTraps,
            long failureEntry) {
        Map<String, Long> kinds = new LinkedHashMap<>();
        for (LogKind kind : LogKind.values()) {
            kinds.put(kind.word(), kindCounts[kind.ordinal()]);
        }
        List<VectorCount> vectors = new ArrayList<>();
        for (int i = 0; i < vectorCounts.length; i++) {
            if (vectorCounts[i] > 0) {
                vectors.add(new VectorCount(i, Vectors.name(i), vectorCounts[i]));
            }
        }
        return new LogSummary(
                bytes,
                entries,
                complete,
                fromInstruction,
                toInstruction,
                firstIteration,
                lastIteration,
                Collections.unmodifiableMap(kinds),
                List.copyOf(vectors),
                repeatedTrapCount,
                Arrays.stream(repeatedTraps).boxed().toList(),
                failureEntry);
    }
}
