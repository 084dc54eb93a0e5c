package io.bohrwerk.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskReserveTest {
    @TempDir
    Path directory;

    @Test
    void aDiskIsShortWhenItHasLessThanIsToBeKeptFree() throws Exception {
        long free = Files.getFileStore(directory).getUsableSpace();
        assertThat(new DiskReserve(directory, free / 2).shortage()).isEmpty();
        assertThat(new DiskReserve(directory, 0).shortage()).isEmpty();
        assertThat(new DiskReserve(directory, free * 2).shortage().orElseThrow())
                .contains(directory.toString(), " MiB left", (free * 2 >> 20) + " MiB to be kept free");
    }

    @Test
    void aDirectoryThatIsNotThereYetIsOnTheDiskOfItsParent() {
        assertThat(new DiskReserve(directory.resolve("a/b"), Long.MAX_VALUE).shortage())
                .isPresent();
        assertThatThrownBy(() -> new DiskReserve(directory, -1)).hasMessageContaining("must not be negative");
    }
}
