package io.bohrwerk.emulator.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lines as QEMU 7.2 writes them. */
class TraceLogTest {
    private static final String LOG = """
            Trace 0: 0x7f4b20000100 [00000000/0000000000100521/000000b0/ff020201] bw_spin
            Trace 0: 0x7f4b20000180 [00000000/0000000000100522/000000b8/ff020201] bw_spin
            Servicing hardware INT=0x20
                 2: v=20 e=0000 i=0 cpl=0 IP=0008:00100523 pc=00100523 SP=0010:00105f40 env->regs[R_EAX]=00117000
            EAX=00117000 EBX=00000000 ECX=00000000 EDX=00000000
            Trace 0: 0x7f4b20000200 [00000000/0000000000100523/000000b3/ff020201]\s
            Trace 0: 0x7f4b20000300 [00000000/0000000000100600/000000b0/ff020201] lost
            Stopped execution of TB chain before 0x7f4b20000300 [0000000000100600] lost
                 3: v=80 e=0000 i=1 cpl=3 IP=0008:00100700 pc=00100700 SP=0010:00105f40 EAX=00000001
            Trace 0: 0x7f4b20000400 [00000000/0000000000100800/000000b0/ff020201] last
            """;

    private static List<String> read(String log, int enough) throws IOException {
        List<String> seen = new ArrayList<>();
        TraceLog reader = new TraceLog(new TraceLog.Events() {
            @Override
            public void executed(long pc, int cpl, boolean blind, int cflags, TraceLog.Symbol symbol) {
                seen.add(Long.toHexString(pc) + " cpl " + cpl + (blind ? " blind " : " ")
                        + (symbol.name().isBlank() ? "unnamed" : symbol.name().strip()));
            }

            @Override
            public void interrupted(int vector, boolean software, int cpl, long pc) {
                seen.add("vector " + Integer.toHexString(vector) + (software ? " software" : "") + " cpl " + cpl
                        + " at " + Long.toHexString(pc));
            }

            @Override
            public boolean enough() {
                return seen.size() >= enough;
            }
        });
        reader.readAll(new ByteArrayInputStream(log.getBytes(StandardCharsets.ISO_8859_1)));
        return seen;
    }

    @Test
    void tellsInstructionsAndInterruptsInTheirOrder() throws IOException {
        assertThat(read(LOG, Integer.MAX_VALUE))
                .containsExactly(
                        "100521 cpl 0 bw_spin",
                        "100522 cpl 0 blind bw_spin",
                        "vector 20 cpl 0 at 100523",
                        "100523 cpl 3 unnamed",
                        "vector 80 software cpl 3 at 100700",
                        "100800 cpl 0 last");
    }

    @Test
    void endsWhenItHasEnough() throws IOException {
        assertThat(read(LOG, 2)).hasSize(2);
    }

    @Test
    void passesOverWhatIsNoSuchLine() throws IOException {
        String noise = "Trace\nTrace 0: [\n  : v=\n" + "x".repeat(10_000) + "\n1: v=zz\n";
        assertThat(read(noise + LOG, Integer.MAX_VALUE)).hasSize(6);
    }
}
