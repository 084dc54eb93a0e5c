package io.bohrwerk.protocol.target;

import static io.bohrwerk.protocol.InvalidInputException.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.LinePattern;
import io.bohrwerk.protocol.VirtualTime;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A step of a script on a guest's serial console, see {@link ConsoleScript}. It is one of {@code wait}, {@code send}, {@code snapshot}
 * and {@code loop}; the others are null.
 *
 * @param awaited {@code wait}: text that the guest prints: anywhere, also in the middle of a line, behind what the step before has seen
 * @param timeout of {@code wait}, in the host's time, for a guest that boots has no count of its own; null for the worker's limit of a boot
 * @param send what is typed, as it is: end it with {@code \n}
 * @param snapshot {@code ready}: here the snapshot is taken that batches start from. The guest must stand at a shell's prompt
 * @param loop the command that is run once for each iteration
 * @param start of {@code loop}: only the output from the first line that matches is judged, and without one the iteration fails
 * @param pass of {@code loop}: an iteration without a line that matches fails; its exit status then does not count
 * @param fail of {@code loop}: an iteration with a line that matches fails, and that line is the reason
 * @param stop of {@code loop}: the command by which the guest ends the machine when its batch is over, empty for none; null for what does
 *     so for the superuser on Linux and the BSDs
 * @param spin of {@code loop}: instructions that one turn of an empty loop takes the guest's shell; delays are rounded down to it
 */
public record ScriptStep(
        @JsonProperty("wait") @Nullable String awaited,
        @Nullable VirtualTime timeout,
        @Nullable String send,
        @Nullable String snapshot,
        @Nullable String loop,
        @Nullable LinePattern start,
        @Nullable LinePattern pass,
        @Nullable LinePattern fail,
        @Nullable String stop,
        @Nullable Integer spin) {
    static final String READY = "ready";
    /** Measured in busybox 1.35's ash on Linux: 198 turns more before each of 6 iterations made 16.5 million instructions. */
    private static final int DEFAULT_SPIN = 14_000;

    private static final int LARGEST_SPIN = 1_000_000;
    /** Both reset the machine at once, without writing disks back: what was written to them is thrown away. */
    private static final String DEFAULT_STOP = "{ echo b >/proc/sysrq-trigger; } 2>/dev/null || reboot -qn";

    private static final Pattern TEXT = Pattern.compile("[ -~]{1,200}");
    /** What a keyboard gives, control characters included. */
    private static final Pattern TYPED = Pattern.compile("[\\x01-\\x7f]{1,1000}");

    private static final Pattern COMMAND = Pattern.compile("[ -~]{1,2000}");
    private static final Pattern NO_COMMAND = Pattern.compile("[ -~]{0,500}");

    @JsonCreator
    public ScriptStep {
        require(
                Stream.of(awaited, send, snapshot, loop)
                                .filter(Objects::nonNull)
                                .count()
                        == 1,
                "",
                kinds(awaited, send, snapshot, loop),
                "must be exactly one of wait, send, snapshot and loop");
        requireText("wait", awaited, TEXT, "must be 1 to 200 characters of printable ASCII");
        requireText("send", send, TYPED, "must be 1 to 1000 characters of ASCII");
        requireText("loop", loop, COMMAND, "must be a shell's command in one line of printable ASCII, up to 2000");
        requireText("stop", stop, NO_COMMAND, "must be a shell's command in one line of printable ASCII, up to 500");
        require(
                snapshot == null || snapshot.equals(READY),
                "snapshot",
                String.valueOf(snapshot),
                "must be " + READY + ": that is the only one that batches start from");
        requireOption(awaited == null, "timeout", timeout, "wait");
        requireOption(loop == null, "start", start, "loop");
        requireOption(loop == null, "pass", pass, "loop");
        requireOption(loop == null, "fail", fail, "loop");
        requireOption(loop == null, "stop", stop, "loop");
        requireOption(loop == null, "spin", spin, "loop");
        requireKeepsNothing("start", start);
        requireKeepsNothing("pass", pass);
        requireKeepsNothing("fail", fail);
        require(
                spin == null || (spin >= 1 && spin <= LARGEST_SPIN),
                "spin",
                String.valueOf(spin),
                "must be between 1 and " + LARGEST_SPIN);
    }

    private static String kinds(
            @Nullable String awaited, @Nullable String send, @Nullable String snapshot, @Nullable String loop) {
        List<String> kinds = Stream.of(
                        awaited == null ? "" : "wait",
                        send == null ? "" : "send",
                        snapshot == null ? "" : "snapshot",
                        loop == null ? "" : "loop")
                .filter(kind -> !kind.isEmpty())
                .toList();
        return String.join(", ", kinds);
    }

    private static void requireText(String field, @Nullable String value, Pattern shape, String rule) {
        require(value == null || shape.matcher(value).matches(), field, String.valueOf(value), rule);
    }

    private static void requireOption(boolean foreign, String field, @Nullable Object value, String step) {
        require(!foreign || value == null, field, String.valueOf(value), "is an option of the step " + step);
    }

    private static void requireKeepsNothing(String field, @Nullable LinePattern pattern) {
        require(
                pattern == null || pattern.names().isEmpty(),
                field,
                String.valueOf(pattern),
                "must not keep words in braces: the guest's shell looks for it; write * instead");
    }

    /** The command that ends the machine; empty for none. Of {@code loop}. */
    public String stopCommand() {
        return stop == null ? DEFAULT_STOP : stop;
    }

    /** Of {@code loop}. */
    public int spinInstructions() {
        return spin == null ? DEFAULT_SPIN : spin;
    }

    /** For messages. */
    @Override
    public String toString() {
        if (awaited != null) {
            return "wait \"" + awaited + "\"";
        }
        if (send != null) {
            return "send \"" + send.replace("\n", "\\n") + "\"";
        }
        return snapshot != null
                ? "snapshot " + snapshot
                : "loop \"" + InvalidInputException.present(loop, "loop") + "\"";
    }
}
