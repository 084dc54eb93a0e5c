package io.bohrwerk.mergedlog.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The functions of an ELF file by their addresses: 32 and 64 bits, little-endian, with a symbol table. System V ABI, chapters 4 and 5.
 *
 * <p>The file comes from a user. Every offset, size and index is checked before it is used, and what is read is bounded; a file that
 * breaks a rule is a {@link MalformedElfException}.
 */
public final class ElfSymbols implements Symbols {
    /** A Linux kernel with everything has some 250,000 symbols, 6 MB, and 8 MB of names. */
    private static final int LARGEST_TABLE = 32 << 20;

    private static final int MOST_SECTIONS = 65_535;
    private static final int SYMBOL_TABLE = 2;
    private static final int STRING_TABLE = 3;
    private static final int EXECUTABLE = 4;
    /** A type of symbol: none, as assembler labels have it, or a function. */
    private static final int NO_TYPE = 0;

    private static final int FUNCTION = 2;
    private static final int FIRST_RESERVED_SECTION = 0xff00;
    private static final int LONGEST_NAME = 256;

    private final long[] addresses;
    private final long[] ends;
    private final int[] names;
    private final byte[] strings;

    private ElfSymbols(List<Symbol> symbols, byte[] strings) {
        this.addresses = symbols.stream().mapToLong(Symbol::address).toArray();
        this.ends = symbols.stream().mapToLong(Symbol::end).toArray();
        this.names = symbols.stream().mapToInt(Symbol::name).toArray();
        this.strings = strings;
    }

    private record Section(int type, long flags, long address, long offset, long size, int link, long entrySize) {
        long end() {
            return address + size;
        }
    }

    private record Symbol(long address, long end, int name, boolean typed) {}

    /** Whether a file begins as ELF files do. */
    public static boolean isElf(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer magic = ByteBuffer.allocate(4);
            while (magic.hasRemaining() && channel.read(magic) >= 0) {
                continue;
            }
            return !magic.hasRemaining() && magic.getInt(0) == 0x7f454c46;
        }
    }

    /**
     * Reads the tables of symbols and of their names, and nothing else, so that a file with gigabytes of debugging information is as good.
     *
     * @throws MalformedElfException when it is no ELF file of this kind, or breaks the format's rules
     */
    public static ElfSymbols read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new Reader(channel).read();
        }
    }

    /** How many functions are known. */
    public int size() {
        return addresses.length;
    }

    @Override
    public @Nullable Place at(long address) {
        int low = 0;
        int high = addresses.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(addresses[middle], address) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        if (high < 0 || Long.compareUnsigned(address, ends[high]) >= 0) {
            return null;
        }
        return new Place(name(names[high]), address - addresses[high]);
    }

    private String name(int from) {
        int to = from;
        while (to < strings.length && to - from < LONGEST_NAME && strings[to] != 0) {
            to++;
        }
        StringBuilder name = new StringBuilder();
        new String(strings, from, to - from, StandardCharsets.UTF_8)
                .codePoints()
                .map(c -> Character.isISOControl(c) ? '\ufffd' : c)
                .forEach(name::appendCodePoint);
        return name.toString();
    }

    /** The file's tables, step by step. */
    private static final class Reader {
        private final FileChannel channel;
        private final long fileSize;
        private boolean wide;

        Reader(FileChannel channel) throws IOException {
            this.channel = channel;
            this.fileSize = channel.size();
        }

        ElfSymbols read() throws IOException {
            List<Section> sections = sections();
            for (Section section : sections) {
                if (section.type == SYMBOL_TABLE) {
                    require(section.link < sections.size(), "the symbol table's names are in section " + section.link);
                    Section names = sections.get(section.link);
                    require(names.type == STRING_TABLE, "the symbol table's names are in no string table");
                    byte[] strings = bytes(names.offset, names.size).array();
                    return new ElfSymbols(symbols(section, sections, strings.length), strings);
                }
            }
            return new ElfSymbols(List.of(), new byte[0]);
        }

        private List<Section> sections() throws IOException {
            ByteBuffer ident = bytes(0, 16);
            require(ident.order(ByteOrder.BIG_ENDIAN).getInt(0) == 0x7f454c46, "it is no ELF file");
            int elfClass = ident.get(4);
            require(elfClass == 1 || elfClass == 2, "its class is " + elfClass);
            require(ident.get(5) == 1, "it is not little-endian");
            wide = elfClass == 2;
            ByteBuffer header = bytes(0, wide ? 64 : 52);
            long table = wide ? header.getLong(40) : header.getInt(32) & 0xffffffffL;
            int entrySize = header.getShort(wide ? 58 : 46) & 0xffff;
            int count = header.getShort(wide ? 60 : 48) & 0xffff;
            if (table == 0 || count == 0) {
                return List.of();
            }
            require(entrySize >= (wide ? 64 : 40), "its section headers have " + entrySize + " bytes");
            require(count <= MOST_SECTIONS, "it has " + count + " sections");
            ByteBuffer headers = bytes(table, (long) count * entrySize);
            List<Section> sections = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                sections.add(section(headers, i * entrySize));
            }
            return sections;
        }

        private Section section(ByteBuffer b, int at) {
            return wide
                    ? new Section(
                            b.getInt(at + 4),
                            b.getLong(at + 8),
                            b.getLong(at + 16),
                            b.getLong(at + 24),
                            b.getLong(at + 32),
                            b.getInt(at + 40) & 0x7fffffff,
                            b.getLong(at + 56))
                    : new Section(
                            b.getInt(at + 4),
                            word(b, at + 8),
                            word(b, at + 12),
                            word(b, at + 16),
                            word(b, at + 20),
                            b.getInt(at + 24) & 0x7fffffff,
                            word(b, at + 36));
        }

        private static long word(ByteBuffer bytes, int at) {
            return bytes.getInt(at) & 0xffffffffL;
        }

        private List<Symbol> symbols(Section table, List<Section> sections, int namesSize) throws IOException {
            int least = wide ? 24 : 16;
            require(
                    table.entrySize >= least && table.entrySize <= 4096,
                    "its symbols have " + table.entrySize + " bytes");
            ByteBuffer entries = bytes(table.offset, table.size);
            int step = (int) table.entrySize;
            List<Symbol> found = new ArrayList<>();
            for (int at = 0; at + step <= entries.limit(); at += step) {
                Symbol symbol = symbol(entries, at, sections, namesSize);
                if (symbol != null) {
                    found.add(symbol);
                }
            }
            return bounded(found);
        }

        /** Null when it is no place in code. */
        private @Nullable Symbol symbol(ByteBuffer b, int at, List<Section> sections, int namesSize) {
            int name = b.getInt(at);
            int type = b.get(at + (wide ? 4 : 12)) & 0xf;
            int index = b.getShort(at + (wide ? 6 : 14)) & 0xffff;
            long address = wide ? b.getLong(at + 8) : word(b, at + 4);
            long size = wide ? b.getLong(at + 16) : word(b, at + 8);
            if (type != NO_TYPE && type != FUNCTION
                    || index == 0
                    || index >= FIRST_RESERVED_SECTION
                    || index >= sections.size()
                    || name <= 0
                    || name >= namesSize) {
                return null;
            }
            Section section = sections.get(index);
            boolean inside = Long.compareUnsigned(address, section.address) >= 0
                    && Long.compareUnsigned(address - section.address, section.size) < 0;
            if ((section.flags & EXECUTABLE) == 0 || !inside) {
                return null;
            }
            long room = section.end() - address;
            long length = size == 0 || Long.compareUnsigned(size, room) > 0 ? room : size;
            return new Symbol(address, address + length, name, type == FUNCTION);
        }

        /** Sorted, one for each address, none reaching into the next. A function comes before a label at the same place. */
        private static List<Symbol> bounded(List<Symbol> symbols) {
            symbols.sort((a, b) -> {
                int byAddress = Long.compareUnsigned(a.address, b.address);
                return byAddress != 0
                        ? byAddress
                        : Comparator.comparing(Symbol::typed).reversed().compare(a, b);
            });
            List<Symbol> result = new ArrayList<>(symbols.size());
            for (Symbol symbol : symbols) {
                int last = result.size() - 1;
                if (last >= 0 && result.get(last).address == symbol.address) {
                    continue;
                }
                if (last >= 0 && Long.compareUnsigned(result.get(last).end, symbol.address) > 0) {
                    Symbol before = result.get(last);
                    result.set(last, new Symbol(before.address, symbol.address, before.name, before.typed));
                }
                result.add(symbol);
            }
            return result;
        }

        private ByteBuffer bytes(long offset, long size) throws IOException {
            require(
                    offset >= 0 && size >= 0 && offset <= fileSize && size <= fileSize - offset,
                    size + " bytes at " + offset + " are not in its " + fileSize);
            require(size <= LARGEST_TABLE, "a table of " + size + " bytes is too large");
            ByteBuffer bytes = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
            while (bytes.hasRemaining()) {
                require(channel.read(bytes, offset + bytes.position()) > 0, "it ends early");
            }
            return bytes;
        }

        private static void require(boolean condition, String complaint) throws MalformedElfException {
            if (!condition) {
                throw new MalformedElfException(complaint);
            }
        }
    }
}
