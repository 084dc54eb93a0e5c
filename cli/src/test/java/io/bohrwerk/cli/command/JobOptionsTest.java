package io.bohrwerk.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class JobOptionsTest {
    @TempDir
    private Path directory;

    @Command
    static final class Holder {
        @Mixin
        final JobOptions job = new JobOptions();
    }

    private static String request(String... arguments) throws IOException {
        Holder holder = new Holder();
        new CommandLine(holder).parseArgs(arguments);
        return holder.job.request().toString();
    }

    @Test
    void randomIsTheDefault() throws IOException {
        assertThat(request("--target", "0123456789ab"))
                .isEqualTo("{\"target\":\"0123456789ab\",\"strategy\":{\"kind\":\"random\"}}");
    }

    @Test
    void everyOption() throws IOException {
        assertThat(request(
                        "--target=ab",
                        "--name=a hunt",
                        "--iterations=5000",
                        "--strategy=random",
                        "--shift=4,6",
                        "--seed=7",
                        "--stop-after-failures=0",
                        "--iterations-per-batch=10",
                        "--wall-time=10m"))
                .isEqualTo("{\"target\":\"ab\",\"name\":\"a hunt\",\"iterations\":5000,\"stopAfterFailures\":0,"
                        + "\"iterationsPerBatch\":10,\"wallTime\":\"10m\","
                        + "\"strategy\":{\"kind\":\"random\",\"shifts\":[4,6],\"seed\":7}}");
    }

    @Test
    void slices() throws IOException {
        assertThat(request("--target=ab", "--slices=37,101")).contains("\"slices\":[37,101]");
        assertThat(request("--target=ab", "--drawn-slices=10,10000"))
                .contains("\"drawnSlices\":{\"least\":10,\"most\":10000}");
        assertThatThrownBy(() -> request("--target=ab", "--drawn-slices=10"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("--drawn-slices: '[10]' must be two numbers");
    }

    @Test
    void whatIsOtherInTheMachines() throws IOException {
        assertThat(request("--target=ab", "--cpu=core2duo", "--extra=0+5000,seed=7", "--timer-hz=250", "--logging"))
                .startsWith("{\"target\":\"ab\",\"setting\":{\"cpu\":\"core2duo\","
                        + "\"extra\":{\"offset\":0,\"window\":5000,\"seed\":7},\"timerHz\":250,\"logging\":true},");
        assertThat(request("--target=ab", "--extra=1200")).contains("\"setting\":{\"extra\":{\"offset\":1200}}");
        assertThat(request("--target=ab", "--no-icount")).contains("\"setting\":{\"icount\":false}");
        assertThatThrownBy(() -> request("--target=ab", "--extra=soon"))
                .hasMessageStartingWith("--extra: 'soon' must be OFFSET");
    }

    @Test
    void fixedHasOneShift() throws IOException {
        assertThat(request("--target=ab", "--strategy=FIXED", "--shift=4", "--delay=100"))
                .isEqualTo("{\"target\":\"ab\",\"strategy\":{\"kind\":\"fixed\",\"shift\":4,\"delay\":100}}");
    }

    @Test
    void everyStrategyHasItsOptions() throws IOException {
        assertThat(request("--target=ab", "--strategy=sweep", "--shift=4", "--step=10"))
                .isEqualTo("{\"target\":\"ab\",\"strategy\":{\"kind\":\"sweep\",\"shifts\":[4],\"step\":10}}");
        assertThat(request("--target=ab", "--strategy=aligned", "--length=5000", "--seed=1"))
                .isEqualTo("{\"target\":\"ab\",\"strategy\":{\"kind\":\"aligned\",\"seed\":1,\"length\":5000}}");
        assertThat(request("--target=ab", "--strategy=adaptive", "--arms=random,aligned", "--buckets=4", "--floor=0.2"))
                .isEqualTo(
                        "{\"target\":\"ab\",\"strategy\":{\"kind\":\"adaptive\",\"strategies\":[\"random\",\"aligned\"],"
                                + "\"buckets\":4,\"floor\":0.2}}");
        assertThat(request("--target=ab", "--stop-when-rate-below=1e-5"))
                .isEqualTo("{\"target\":\"ab\",\"stopWhenRateBelow\":{\"rate\":1.0E-5,\"confidence\":0.95},"
                        + "\"strategy\":{\"kind\":\"random\"}}");
    }

    @Test
    void fileIsSentAsItIs() throws IOException {
        Path file = Files.writeString(
                directory.resolve("job.yaml"),
                "target: ab\nstrategy: {kind: random, shifts: [4]}\niterations: 10\nunknown: [1, x]\n");
        assertThat(request(file.toString()))
                .isEqualTo("{\"target\":\"ab\",\"strategy\":{\"kind\":\"random\",\"shifts\":[4]},\"iterations\":10,"
                        + "\"unknown\":[1,\"x\"]}");
    }

    @Test
    void optionsReplaceTheFilesFields() throws IOException {
        Path file = Files.writeString(directory.resolve("job.yaml"), "target: ab\nstrategy: fixed\niterations: 10\n");
        assertThat(request(file.toString(), "--iterations", "20"))
                .isEqualTo("{\"target\":\"ab\",\"strategy\":\"fixed\",\"iterations\":20}");
    }

    @Test
    void filesThatAreNoJob() throws IOException {
        Path list = Files.writeString(directory.resolve("list.yaml"), "- a\n- b\n");
        assertThatThrownBy(() -> request(list.toString()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("must hold a job's fields");
        Path broken = Files.writeString(directory.resolve("broken.yaml"), "a: [1\nb: }");
        assertThatThrownBy(() -> request(broken.toString()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("must be well-formed YAML");
    }
}
