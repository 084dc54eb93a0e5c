package io.bohrwerk.emulator.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TrialTest {
    private static Trial.Answer shell(String line, int most) throws Exception {
        return Trial.run(List.of("sh", "-c", line), most);
    }

    @Test
    void tellsHowACommandEnded() throws Exception {
        assertThat(shell("echo fine", 100)).isEqualTo(new Trial.Answer(0, "fine"));
        assertThat(shell("echo no >&2; exit 3", 100)).isEqualTo(new Trial.Answer(3, "no"));
        assertThat(shell("echo half; kill -KILL $$", 100)).isEqualTo(new Trial.Answer(137, "half"));
    }

    @Test
    void readsABoundedAnswer() throws Exception {
        assertThat(shell("yes 2>/dev/null | head -c 1000000", 10).said()).hasSizeLessThanOrEqualTo(10);
    }

    @Test
    void complainsOfWhatDoesNotWork() {
        assertThat(Trial.complaint(List.of(), List.of("true"))).isEmpty();
        assertThat(Trial.complaint(List.of("sh", "-c"), List.of("echo no; exit 1")))
                .isEqualTo("exit status 1: no");
        assertThat(Trial.complaint(List.of("no-such-program"), List.of()))
                .isEqualTo("no-such-program is not installed");
    }
}
