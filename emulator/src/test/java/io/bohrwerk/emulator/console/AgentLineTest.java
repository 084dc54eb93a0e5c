package io.bohrwerk.emulator.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.bohrwerk.protocol.batch.SubtestCounts;
import io.bohrwerk.protocol.batch.UnexpectedPass;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AgentLineTest {
    @Test
    void readsTheProtocol() {
        assertThat(AgentLine.parse("@bw ready")).contains(new AgentLine.Ready());
        assertThat(AgentLine.parse("@bw cpus 2")).contains(new AgentLine.Cpus(2));
        assertThat(AgentLine.parse("@bw pass 17")).contains(new AgentLine.Pass(17));
        assertThat(AgentLine.parse("@bw done 500")).contains(new AgentLine.Done(500));
        assertThat(AgentLine.parse("@bw fail 18 DR6 lacks B0: 3 of 4"))
                .contains(new AgentLine.Fail(18, "DR6 lacks B0: 3 of 4"));
        assertThat(AgentLine.parse("@bw fail 18")).contains(new AgentLine.Fail(18, ""));
        assertThat(AgentLine.parse("@bw subtests 3 passed=107 failed=1 expected=2 skipped=0"))
                .contains(new AgentLine.Subtests(3, new SubtestCounts(107, 1, 2, 0)));
        assertThat(AgentLine.parse("@bw serves extra")).contains(new AgentLine.Serves(Set.of("extra")));
        assertThat(AgentLine.parse("@bw serves extra hz")).contains(new AgentLine.Serves(Set.of("extra", "hz")));
        assertThat(AgentLine.parse("@bw serves tea"))
                .contains(new AgentLine.Refusal("not in the guest protocol: @bw serves tea"));
        assertThat(AgentLine.parse("@bw unexpected 3 Test icebp"))
                .contains(new AgentLine.Unexpected(new UnexpectedPass("Test icebp", 3)));
        assertThat(AgentLine.parse("@bw error align=tick: no timer"))
                .contains(new AgentLine.Refusal("align=tick: no timer"));
    }

    @Test
    void allElseIsConsoleText() {
        assertThat(AgentLine.parse("")).isEmpty();
        assertThat(AgentLine.parse("not ok 3 @bw fail 3")).isEmpty();
        assertThat(AgentLine.parse(" @bw fail 3")).isEmpty();
        assertThat(AgentLine.parse("@bwready")).isEmpty();
    }

    @Test
    void whatNobodyUnderstandsIsARefusal() {
        for (String line : new String[] {
            "@bw ",
            "@bw pass",
            "@bw pass -1",
            "@bw pass 99999999999999999999",
            "@bw ready 3",
            "@bw readypass 3",
            "@bw subtests 3",
            "@bw subtests 3 passed=1 failed=-1 expected=0 skipped=0",
            "@bw PASS 3"
        }) {
            assertThat(AgentLine.parse(line)).contains(new AgentLine.Refusal("not in the guest protocol: " + line));
        }
    }
}
