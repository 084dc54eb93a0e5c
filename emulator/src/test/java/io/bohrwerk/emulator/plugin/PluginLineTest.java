package io.bohrwerk.emulator.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.emulator.qemu.PluginOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PluginLineTest {
    private static List<PluginLine> read(String text) throws IOException {
        List<PluginLine> lines = new ArrayList<>();
        new PluginStream(lines::add).readAll(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
        return lines;
    }

    @Test
    void readsEachKindOfLine() throws IOException {
        assertThat(read("bohrwerk 1 api 4\nswitch 12 1 ffffffff81000000\ncount 1 18446744073709551615\nnone\n"))
                .containsExactly(
                        new PluginLine.Start(4),
                        new PluginLine.Switch(12, 1, 0xffff_ffff_8100_0000L),
                        new PluginLine.Count(1, -1),
                        new PluginLine.None());
        assertThat(read("interrupt 236 5 4017b0 3\ncontext 1 1f000 256 -1 2 0 3\nend 99\n"))
                .containsExactly(
                        new PluginLine.Interrupt(236, 5, 0x4017b0, 3),
                        new PluginLine.Context(1, 0x1f000, 256, -1, 2, 0, true, true),
                        new PluginLine.End(99));
        PluginLine.Row row =
                (PluginLine.Row) read("place 3 c0100000 12f 4 10 20 40 trap\n").get(0);
        assertThat(row.sizes()).containsExactly(1, 2, 15);
        assertThat(row.symbol()).isEqualTo("trap");
        assertThat(((PluginLine.Row) read("place 3 c0100000 1 1 1 0 1 \n").get(0)).symbol())
                .isEmpty();
    }

    @Test
    void refusesWhatThePluginDoesNotWrite() {
        assertThatThrownBy(() -> read("gibberish\n")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> read("end\n")).hasMessageContaining("malformed");
        assertThatThrownBy(() -> read("x".repeat(5_000))).hasMessageContaining("longer than");
    }

    @Test
    void choosesTheBuildByThePluginApi() {
        assertThat(PluginBuild.of(1)).hasValue(PluginBuild.API_1);
        assertThat(PluginBuild.of(3)).hasValue(PluginBuild.API_3);
        assertThat(PluginBuild.of(4)).hasValue(PluginBuild.API_3);
        assertThat(PluginBuild.of(6)).hasValue(PluginBuild.API_3);
        assertThat(PluginBuild.of(7)).hasValue(PluginBuild.API_7);
        assertThat(PluginBuild.of(2)).isEmpty(); // QEMU 9.0
        assertThat(PluginBuild.of(0)).isEmpty(); // built without plugins
    }

    @Test
    void saysItsOptions() {
        assertThat(PluginOptions.NONE.counting().withSwitches().options())
                .containsExactly("-plugin", "./plugin.so,out=plugin.out,count=on,switches=on");
        assertThat(PluginOptions.NONE
                        .tracing(1_000)
                        .withDelays("delays.cfg")
                        .keeping(2, 3)
                        .options())
                .containsExactly(
                        "-plugin",
                        "./plugin.so,out=plugin.out,trace=on,log=plugin.log,until=1000,delays=delays.cfg,from=2,to=3",
                        "-D",
                        "plugin.log");
        assertThat(PluginOptions.NONE.lastWritten(0xffff_8000_0000_0000L, 8, 7).options())
                .last()
                .isEqualTo("./plugin.so,out=plugin.out,writes=0xffff800000000000,size=8,before=7,control=plugin.in");
        assertThatThrownBy(() -> PluginOptions.NONE.stoppingAt(0)).hasMessageContaining("count");
        assertThatThrownBy(() -> PluginOptions.NONE.keeping(3, 3)).hasMessageContaining("from");
    }
}
