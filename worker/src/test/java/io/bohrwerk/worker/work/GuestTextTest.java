package io.bohrwerk.worker.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import org.junit.jupiter.api.Test;

/** Texts that travel in messages are bounded and whole. */
class GuestTextTest {
    @Test
    void thePanicIsNotCrowdedOutByPasses() {
        String console = "kernel panic\n" + "@bw pass 17\n".repeat(10_000) + "@bw fail 18 broken\n";
        assertThat(GuestText.end(console, 100)).isEqualTo("kernel panic\n@bw fail 18 broken");
    }

    @Test
    void theEndIsKeptAndNoCharacterIsCutInTwo() {
        assertThat(GuestText.end("abcdef", 4)).isEqualTo("cdef");
        assertThat(GuestText.end("ab\uD83D\uDE00cd", 3)).isEqualTo("cd");
        assertThat(GuestText.start("ab\uD83D\uDE00cd", 3)).isEqualTo("ab");
        assertThat(GuestText.start("abc", 3)).isEqualTo("abc");
    }

    @Test
    void messagesAreOneBoundedLine() {
        String message = Troubles.message(new InfrastructureException(
                InfrastructureTrouble.EMULATOR_DIED, "first\n\tsecond\0" + "x".repeat(9000)));
        assertThat(message).startsWith("first second x").endsWith("x…").hasSize(4000);
    }
}
