package io.bohrwerk.mergedlog.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElfSymbolsTest {
    @TempDir
    Path directory;

    private static final byte[] NAMES = "\0start\0trap\0data\0".getBytes(StandardCharsets.US_ASCII);

    /** Code at 0x1000 to 0x1100, with the function {@code start} at 0x1000, 16 bytes, and the label {@code trap} at 0x1040. */
    private static byte[] elf(boolean wide) {
        ByteBuffer b = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
        b.put(0, new byte[] {0x7f, 'E', 'L', 'F', (byte) (wide ? 2 : 1), 1, 1});
        int symbols = 128;
        int names = 256;
        int sections = 320;
        int step = wide ? 24 : 16;
        symbol(b, symbols + step, wide, 1, 2, 1, 0x1000, 16);
        symbol(b, symbols + 2 * step, wide, 7, 0, 1, 0x1040, 0);
        symbol(b, symbols + 3 * step, wide, 12, 1, 1, 0x1080, 4);
        b.put(names, NAMES);
        section(b, sections, 1, wide, 1, 4, 0x1000, 0, 0x100, 0, 0);
        section(b, sections, 2, wide, 2, 0, 0, symbols, 4 * step, 3, step);
        section(b, sections, 3, wide, 3, 0, 0, names, NAMES.length, 0, 0);
        if (wide) {
            b.putLong(40, sections).putShort(58, (short) 64).putShort(60, (short) 4);
        } else {
            b.putInt(32, sections).putShort(46, (short) 40).putShort(48, (short) 4);
        }
        return b.array();
    }

    private static void symbol(
            ByteBuffer b, int at, boolean wide, int name, int type, int section, int value, int size) {
        b.putInt(at, name);
        b.put(at + (wide ? 4 : 12), (byte) type);
        b.putShort(at + (wide ? 6 : 14), (short) section);
        if (wide) {
            b.putLong(at + 8, value).putLong(at + 16, size);
        } else {
            b.putInt(at + 4, value).putInt(at + 8, size);
        }
    }

    private static void section(ByteBuffer b, int table, int index, boolean wide, int type, long... fields) {
        int at = table + index * (wide ? 64 : 40);
        b.putInt(at + 4, type);
        int[] places = wide ? new int[] {8, 16, 24, 32, 40, 56} : new int[] {8, 12, 16, 20, 24, 36};
        for (int i = 0; i < places.length; i++) {
            if (wide && places[i] != 40) {
                b.putLong(at + places[i], fields[i]);
            } else {
                b.putInt(at + places[i], (int) fields[i]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anAddressGetsTheFunctionThatItLiesIn(boolean wide) throws IOException {
        Path file = Files.write(directory.resolve("kernel"), elf(wide));
        assertThat(ElfSymbols.isElf(file)).isTrue();
        ElfSymbols symbols = ElfSymbols.read(file);
        assertThat(symbols.size()).isEqualTo(2);
        assertThat(symbols.at(0x1000)).hasToString("start+0x0");
        assertThat(symbols.at(0x100f)).hasToString("start+0xf");
        assertThat(symbols.at(0x1010)).as("behind the function's end").isNull();
        assertThat(symbols.at(0x10ff))
                .as("a label reaches to the section's end")
                .hasToString("trap+0xbf");
        assertThat(symbols.at(0x1100)).isNull();
        assertThat(symbols.at(0xfff)).isNull();
        assertThat(symbols.at(-1)).isNull();
    }

    @Test
    void whatIsNoElfFileIsSaidToBeNone() throws IOException {
        Path file = Files.writeString(directory.resolve("bzImage"), "MZ and more than sixteen bytes");
        assertThat(ElfSymbols.isElf(file)).isFalse();
        assertThatThrownBy(() -> ElfSymbols.read(file))
                .isInstanceOf(MalformedElfException.class)
                .hasMessageContaining("no ELF file");
        assertThat(ElfSymbols.isElf(Files.write(directory.resolve("empty"), new byte[0])))
                .isFalse();
    }

    /** A hostile file gives symbols or words, and nothing else. */
    @Test
    void anyBytesAreSymbolsOrRefused() throws IOException {
        SplittableRandom random = new SplittableRandom(4);
        Path file = directory.resolve("hostile");
        for (int round = 0; round < 3000; round++) {
            byte[] bytes = elf(random.nextBoolean());
            for (int i = random.nextInt(8); i >= 0; i--) {
                bytes[random.nextInt(random.nextBoolean() ? 64 : bytes.length)] =
                        (byte) (random.nextInt(3) - 1 + random.nextInt(256));
            }
            Files.write(
                    file,
                    random.nextInt(4) == 0 ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes);
            try {
                ElfSymbols.read(file).at(random.nextLong());
            } catch (MalformedElfException e) {
                assertThat(e).hasMessageContaining("ELF");
            }
        }
    }
}
