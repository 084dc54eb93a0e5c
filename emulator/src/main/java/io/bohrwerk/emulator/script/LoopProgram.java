package io.bohrwerk.emulator.script;

import io.bohrwerk.protocol.LinePattern;
import io.bohrwerk.protocol.target.ConsoleScript;
import io.bohrwerk.protocol.target.ScriptStep;
import io.bohrwerk.protocol.target.TargetManifest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The agent of a guest that has none: functions of a POSIX shell that run a command in a loop and speak the guest protocol, typed before
 * the snapshot is taken. What a batch still has to say is {@link LoopInput}.
 *
 * <p>It uses nothing but what a POSIX shell has built in, and {@code tail} when an iteration fails. Output is kept back in the shell's
 * memory and judged, as the agent does, and shown when an iteration fails: what a console prints takes a guest's time. Each further process
 * costs an iteration some 700,000 instructions on Linux (measured: two fewer, 7.2 million became 5.7), so there is one beside the test: the
 * subshell whose output is taken.
 */
public final class LoopProgram {
    /** Of a failing test's output, its end: as much as the agent shows. */
    private static final int SHOWN_OUTPUT = 64 << 10;
    /** Short enough for terminals that keep a line of 255 bytes at most (POSIX's _POSIX_MAX_CANON), also when all of it is quoted. */
    private static final int PIECE = 50;

    private static final String PROGRAM = """
            bw_n() {
            bw_v=0; bw_s=$1
            while [ -n "$bw_s" ]; do
            bw_t=${bw_s#?}; bw_c=${bw_s%"$bw_t"}; bw_c=${bw_b%%"$bw_c"*}
            bw_v=$((bw_v*64+${#bw_c})); bw_s=$bw_t
            done
            }
            bw_judge() {
            bw_f=
            case $bw_o in *@bw=*) ;; *) bw_f='its output ended early'; return;; esac
            bw_e=${bw_o##*@bw=}; bw_t=${bw_o%@bw=*}
            @JUDGE@
            }
            bw_lines() {
            bw_old=$IFS; IFS=$bw_nl; set -f
            for bw_l in $bw_t; do
            bw_l=${bw_l%"$bw_cr"}
            $1 || break
            done
            set +f; IFS=$bw_old
            }
            bw_show() {
            case $bw_l in '@bw '*) bw_l=" $bw_l";; esac
            printf '%s\\n' "$bw_l"
            }
            bw_look() {
            @LOOK@
            }
            bw_go() {
            bw_b=@DIGITS@
            bw_nl=$(printf '\\nx'); bw_nl=${bw_nl%x}; bw_cr=$(printf '\\r')
            echo '@bw ready'
            IFS= read -r bw_p
            bw_n "${bw_p%?????}"; bw_i=$bw_v
            bw_s=${bw_p#??}; bw_n "${bw_s%????}"; bw_k=$bw_v
            bw_n "${bw_p#???}"; bw_x=$bw_v
            bw_w=$(((@PERIOD@>>(bw_k>0?bw_k-1:0))/@SPIN@+1))
            bw_j=1; bw_r=0; bw_f=
            while [ $bw_j -le $bw_i ]; do
            bw_d=$bw_x
            [ $bw_k = 0 ] || { bw_x=$(((bw_x*1103515245+12345)&2147483647)); bw_d=$(((bw_x>>8)%bw_w)); }
            while [ $bw_d -gt 0 ]; do bw_d=$((bw_d-1)); done
            bw_o=$( (
            @COMMAND@
            ) 2>&1 </dev/null; echo "@bw=$?")
            bw_judge
            if [ -n "$bw_f" ]; then
            bw_t=$(printf '%s\\n' "$bw_t" | tail -c @SHOWN@)
            bw_lines bw_show
            printf '\\n@bw fail %s %s\\n' $bw_j "$bw_f"
            break
            fi
            bw_r=$((bw_r+1))
            if [ $bw_r = @REPORT@ ]; then bw_r=0; echo "@bw pass $bw_j"; fi
            bw_j=$((bw_j+1))
            done
            [ -n "$bw_f" ] || printf '\\n@bw done %s\\n' $bw_i
            @STOP@
            read -r bw_p
            }
            """;

    private LoopProgram() {}

    /** The program's text. */
    static String text(TargetManifest manifest, ConsoleScript script) {
        ScriptStep loop = script.loop();
        String text = PROGRAM.replace("@JUDGE@", judge(loop))
                .replace("@LOOK@", look(loop))
                .replace("@DIGITS@", LoopInput.DIGITS)
                .replace(
                        "@PERIOD@",
                        Long.toString(manifest.machine().timerPeriod().nanos()))
                .replace("@SPIN@", Integer.toString(loop.spinInstructions()))
                .replace("@SHOWN@", Integer.toString(SHOWN_OUTPUT))
                .replace("@REPORT@", Integer.toString(manifest.test().reportEvery()));
        String stop = loop.stopCommand();
        // What a user wrote comes last, for it may hold anything.
        int at = text.indexOf("@STOP@");
        text = text.substring(0, at) + (stop.isEmpty() ? ":" : stop) + text.substring(at + "@STOP@".length());
        return text.replace("@COMMAND@", String.valueOf(loop.loop()));
    }

    /**
     * What is typed to have a shell know the program. To each line the shell answers with {@link #answer}; more than one line unanswered
     * could overrun a terminal.
     */
    public static List<String> lines(TargetManifest manifest, ConsoleScript script) {
        String text = text(manifest, script);
        List<String> lines = new ArrayList<>();
        String known = "";
        for (int at = 0; at < text.length(); at += PIECE) {
            String piece = text.substring(at, Math.min(text.length(), at + PIECE));
            List<String> parts = Arrays.stream(piece.split("\n", -1))
                    .map(part -> part.isEmpty() ? "" : quoted(part))
                    .toList();
            lines.add("bw=" + known + String.join("\"$bw_nl\"", parts) + answering(lines.size()));
            known = "$bw";
        }
        lines.add(0, "bw_nl=$(printf '\\nx');bw_nl=${bw_nl%x}" + answering(lines.size()));
        lines.add("eval \"$bw\"" + answering(lines.size()));
        return List.copyOf(lines);
    }

    /** Starts the program; it then says {@code @bw ready}. */
    public static String start() {
        return "bw_go\n";
    }

    /** A word that the line itself does not hold, so that its echo is not taken for it. */
    private static String answering(int line) {
        return ";echo '@'k" + line + ".\n";
    }

    /** The answer to a line of {@link #lines}. */
    public static String answer(String line) {
        return "@" + line.substring(line.lastIndexOf('@') + 2).strip();
    }

    private static String judge(ScriptStep loop) {
        List<String> judge = new ArrayList<>();
        if (loop.start() != null || loop.pass() != null || loop.fail() != null) {
            judge.add("bw_a=" + (loop.start() == null ? 1 : 0) + "; bw_q=" + (loop.pass() == null ? 1 : 0));
            judge.add("bw_lines bw_look");
            judge.add("[ -n \"$bw_f\" ] || [ $bw_a = 1 ] || bw_f='no line matches start'");
            judge.add("[ -n \"$bw_f\" ] || [ $bw_q = 1 ] || bw_f='no line matches pass'");
        }
        if (loop.pass() == null) {
            judge.add("[ -n \"$bw_f\" ] || [ \"$bw_e\" = 0 ] || bw_f=\"exit status $bw_e\"");
        }
        return String.join("\n", judge);
    }

    /** Looks at one line; says no when the rest needs no looking at. */
    private static String look(ScriptStep loop) {
        List<String> look = new ArrayList<>();
        if (loop.start() != null) {
            look.add("[ $bw_a = 1 ] || case $bw_l in " + glob(loop.start()) + ") bw_a=1;; *) return 0;; esac");
        }
        if (loop.fail() != null) {
            look.add("case $bw_l in " + glob(loop.fail()) + ") bw_f=$bw_l; return 1;; esac");
        }
        if (loop.pass() != null) {
            look.add("case $bw_l in " + glob(loop.pass()) + ") bw_q=1;; esac");
        }
        look.add("return 0");
        return String.join("\n", look);
    }

    /** The same pattern in the shell's words; it keeps nothing. */
    private static String glob(@Nullable LinePattern pattern) {
        String text = String.valueOf(pattern);
        boolean anchored = text.startsWith("^");
        return (anchored ? "" : "*")
                + Arrays.stream((anchored ? text.substring(1) : text).split("\\*", -1))
                        .map(part -> part.isEmpty() ? "" : quoted(part))
                        .collect(Collectors.joining("*"))
                + "*";
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
