package io.bohrwerk.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportCommandTest {
    private static final String OOPS = """
            [    1.000000] BUG: kernel NULL pointer dereference, address: 0000000000000018
            [    1.000001] Oops: 0000 [#1] PREEMPT SMP
            [    1.000002] RIP: 0010:widget_poke+0x1b/0x30
            [    1.000003] Call Trace:
            [    1.000004]  widget_poke+0x1d/0x90
            [    1.000005]  vfs_write+0xc7/0x3f0
            [    1.000006] ---[ end trace 0000000000000000 ]---
            """;
    private static final String STALL = """
            [   60.000000] watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [test:80]
            """;

    @TempDir
    private Path directory;

    /** How a run of the command ended, and what it said. */
    private record Run(int status, String out, String err) {}

    private static Run run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = new CommandLine(new ReportCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Run(status, out.toString(), err.toString());
    }

    private String log(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    @Test
    void aReportAsText() throws IOException {
        Run run = run(log("console.log", "booting\n/ # " + OOPS + "/ # \n"));
        assertThat(run).isEqualTo(new Run(0, """
                                title:        BUG: kernel NULL pointer dereference in widget_poke
                                outcome:      panicked
                                alternatives: bad access in widget_poke
                                stack:        widget_poke < vfs_write
                                damaged:      no
                                pattern:      kernel NULL pointer dereference
                                bytes:        12 to %d

                                %s""".formatted(12 + OOPS.length(), OOPS), ""));
    }

    @Test
    void aReportAsJson() throws IOException {
        String file = log("console.log", "booting\n" + OOPS);
        Run run = run("--json", file);
        assertThat(run.status()).isZero();
        JsonNode said = JsonMapper.shared().readTree(run.out());
        assertThat(said.path("file").asString()).isEqualTo(file);
        assertThat(said.path("found").asBoolean()).isTrue();
        assertThat(said.path("outcome").asString()).isEqualTo("PANICKED");
        assertThat(said.path("title").asString()).isEqualTo("BUG: kernel NULL pointer dereference in widget_poke");
        assertThat(said.path("alternatives").toString()).isEqualTo("[\"bad access in widget_poke\"]");
        assertThat(said.path("frames").toString()).isEqualTo("[\"widget_poke\",\"vfs_write\"]");
        assertThat(said.path("damage").asString()).isEmpty();
        assertThat(said.path("certain").asBoolean()).isTrue();
        assertThat(said.path("pattern").asString()).isEqualTo("kernel NULL pointer dereference");
        assertThat(said.path("start").asLong()).isEqualTo(8);
        assertThat(said.path("end").asLong()).isEqualTo(8 + OOPS.length());
        assertThat(said.path("text").asString()).isEqualTo(OOPS);
    }

    @Test
    void severalLogs() throws IOException {
        String oops = log("oops.log", OOPS);
        String stall = log("stall.log", STALL);
        Run text = run(oops, stall);
        assertThat(text.status()).isZero();
        assertThat(text.out())
                .startsWith(oops + ":\ntitle:        BUG: kernel NULL pointer dereference in widget_poke\n")
                .contains("\n" + stall + ":\ntitle:        soft lockup\noutcome:      hung\n")
                .contains("\nstack:        none\ndamaged:      no stack in it\n");
        String quiet = log("quiet.log", "booting\n/ # \n");
        Run json = run("--json", oops, quiet, stall);
        assertThat(json.status()).isEqualTo(1);
        assertThat(json.out().lines()).hasSize(3).element(1).isEqualTo("{\"file\":\"" + quiet + "\",\"found\":false}");
    }

    @Test
    void aLogWithoutReport() throws IOException {
        // A program that fails like this is no kernel.
        Run run = run(log("quiet.log", "panic: runtime error\n\ngoroutine 1 [running]:\n"));
        assertThat(run).isEqualTo(new Run(1, "no kernel report\n", ""));
    }

    @Test
    void aLogThatCannotBeRead() throws IOException {
        String missing = directory.resolve("missing.log").toString();
        Run run = run(missing, log("oops.log", OOPS));
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).isEqualTo("cannot read " + missing + ": no such file\n");
        assertThat(run.out()).contains("title:        BUG: kernel NULL pointer dereference in widget_poke");
        assertThat(run(directory.toString()).status()).isEqualTo(2);
        assertThat(run().status()).isEqualTo(2);
    }

    @Test
    void theStandardInput() {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(OOPS.getBytes(StandardCharsets.UTF_8)));
        try {
            Run run = run("--json", "-");
            assertThat(run.status()).isZero();
            assertThat(run.out()).startsWith("{\"file\":\"-\",\"found\":true,\"outcome\":\"PANICKED\",");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void aGuestsControlCharactersDoNothing() throws IOException {
        Run run = run(log("console.log", OOPS.replace("[#1]", "[#1] \u001b[2J\u0007")));
        assertThat(run.out()).contains("Oops: 0000 [#1] \ufffd[2J\ufffd PREEMPT SMP");
    }
}
