package io.bohrwerk.protocol.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetBundleTest {
    private static final TargetManifest MANIFEST = TargetManifest.parse(
            "{name: n, machine: {arch: i386, memory: 16MiB}, boot: {kernel: kernel.elf, initrd: a.gz}, test: {}}");
    private static final Digest KERNEL = digest("kernel");
    private static final Digest INITRD = digest("initrd");
    private static final Digest YAML = digest("yaml");

    /** As `printf kernel | sha256sum` has it. The id is what targets are known by for ever: it must not change. */
    private static final String TEXT = """
            09e6c018d2c8c4903308613dd1b72484d57eadf12ec50ddc8f52e5accce470f2  a.gz
            6923dd1bc0460082c5d55a831908c24a282860b7f1cd6c2b79cf1bc8857c639c  kernel.elf
            9831daaaa0a94144fc3378fde30109ecfc1639ae1d738f35bedbb6ac80210f85  target.yaml
            """;

    @Test
    void hasTheTextOfSha256sumSortedByNameAndItsDigestAsId() {
        TargetBundle bundle = bundle();
        String text = new String(bundle.text(), StandardCharsets.UTF_8);
        assertThat(text).isEqualTo(TEXT);
        assertThat(bundle.id().hex()).isEqualTo("427830ffaa0ab25e92ad372175799c017ed881567ef047aa252d21ea6403d19c");
        assertThat(bundle.id()).isEqualTo(Digest.of(bundle.text()));
    }

    @Test
    void readsWhatItWrites() {
        assertThat(TargetBundle.parse(bundle().text())).isEqualTo(bundle());
        assertThat(TargetBundle.parse(bundle().text()).id()).isEqualTo(bundle().id());
    }

    @Test
    void wantsExactlyTheFilesThatTheManifestNames() {
        assertThatThrownBy(() -> TargetBundle.of(MANIFEST, Map.of("target.yaml", YAML, "kernel.elf", KERNEL)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("boot: 'a.gz' is named in target.yaml but is not in the bundle");
        assertThatThrownBy(() -> TargetBundle.of(
                        MANIFEST, Map.of("target.yaml", YAML, "kernel.elf", KERNEL, "a.gz", INITRD, "notes.txt", YAML)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("files: 'notes.txt' is in the bundle but is not named in target.yaml");
        assertThatThrownBy(() -> TargetBundle.of(MANIFEST, Map.of("kernel.elf", KERNEL, "a.gz", INITRD)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageEndingWith("must contain target.yaml");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "words", "abc  target.yaml\n", "a b"})
    void refusesWhatIsNoList(String text) {
        assertThatThrownBy(() -> TargetBundle.parse(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(InvalidInputException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "a/b", "", "..", "a\rb", "a b", "/etc/passwd"})
    void refusesAListWithANameThatLeadsOut(String name) {
        String text = YAML + "  target.yaml\n" + KERNEL + "  " + name + "\n";
        assertThatThrownBy(() -> TargetBundle.parse(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("plain file name");
    }

    @Test
    void refusesAListThatNamesAFileTwice() {
        String text = YAML + "  target.yaml\n" + KERNEL + "  target.yaml\n";
        assertThatThrownBy(() -> TargetBundle.parse(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("document: 'target.yaml' is listed twice");
    }

    private static TargetBundle bundle() {
        return TargetBundle.of(MANIFEST, Map.of("target.yaml", YAML, "kernel.elf", KERNEL, "a.gz", INITRD));
    }

    private static Digest digest(String text) {
        return Digest.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
