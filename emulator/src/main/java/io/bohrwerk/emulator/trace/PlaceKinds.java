package io.bohrwerk.emulator.trace;

import io.bohrwerk.emulator.plugin.PluginLine;
import io.bohrwerk.protocol.traced.Place;
import java.util.List;
import java.util.regex.Pattern;

/** What kind of path places are on: by vectors, by where Linux keeps modules, and by functions' names where there are any. */
final class PlaceKinds {
    /** Vectors from here on are devices' and software's. */
    private static final int FIRST_INTERRUPT = 32;

    /** Linux of x86-64, image and modules: {@code __START_KERNEL_map}. */
    private static final long FIRST_OF_KERNEL = 0xffff_ffff_8000_0000L;

    private static final long FIRST_OF_MODULES = 0xffff_ffff_a000_0000L;
    /** The same of a kernel that may lie anywhere in the first gigabyte (CONFIG_RANDOMIZE_BASE), as distributions build it. */
    private static final long FIRST_OF_MODULES_RANDOMIZED = 0xffff_ffff_c000_0000L;
    /** More than any kernel's text; Debian's 6.1 has 14 MiB. */
    private static final long LARGEST_TEXT = 128L << 20;

    private static final long LAST_OF_MODULES = 0xffff_ffff_feff_ffffL;

    /** A signal's delivery and return, the switch to another task, and exits, as Linux and the BSDs name them. */
    private static final Pattern RARE = Pattern.compile(
            "(?:.*_)?(?:(?:do|get|handle|force|send|post)_?sig(?:nal)?.*|sendsig.*|rt_sigreturn|sigreturn|setup_rt_frame|postsig|issignal|userret"
                    + "|switch_to(?:_asm)?|context_switch|finish_task_switch.*|cpu_switch(?:to)?|mi_switch|do_exit|do_group_exit|exit1|lwp_exit)");

    private final long kernel;

    PlaceKinds(List<PluginLine.Row> rows) {
        kernel = rows.stream()
                .mapToLong(PluginLine.Row::pc)
                .filter(pc -> pc >= FIRST_OF_KERNEL && pc < 0)
                .min()
                .orElse(LAST_OF_MODULES);
    }

    Place.Kind of(PluginLine.Row row, PluginLine.Context context, String symbol) {
        if (isOfModule(row.pc())) {
            return Place.Kind.MODULE;
        }
        boolean user = context.privilege() == 3;
        if (context.vector() < FIRST_INTERRUPT && !user || RARE.matcher(symbol).matches()) {
            return Place.Kind.TRAP;
        }
        return context.vector() != Place.Context.NO_VECTOR && !user ? Place.Kind.SYSCALL : Place.Kind.ORDINARY;
    }

    private boolean isOfModule(long pc) {
        return pc >= FIRST_OF_MODULES
                && pc <= LAST_OF_MODULES
                && (pc >= FIRST_OF_MODULES_RANDOMIZED || pc - kernel > LARGEST_TEXT);
    }
}
