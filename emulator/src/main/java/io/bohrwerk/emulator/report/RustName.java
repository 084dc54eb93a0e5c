package io.bohrwerk.emulator.report;

/**
 * Reads the names that Rust gives to functions, {@code _RNvNtCs9jEwPDbx20M_4core9panicking9panic_fmt} being
 * {@code core::panicking::panic_fmt}. Hashes of crates differ from build to build, so mangled names would be no titles.
 *
 * <p>The grammar is that of RFC 2603. Generic arguments are left out, a closure is {@code {closure}}, and types that are not a path are
 * {@code _}.
 */
final class RustName {
    private static final String PREFIX = "_R";
    /** Names refer back to their own parts, and a broken one may do so without end. */
    private static final int DEEPEST = 50;

    private static final int MOST_STEPS = 2000;

    /** The name breaks the grammar. */
    private static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed() {
            super(null, null, false, false);
        }
    }

    private final String name;
    private int at = PREFIX.length();
    private int depth;
    private int steps;

    private RustName(String name) {
        this.name = name;
    }

    /** The name as a programmer writes it; the name itself when it is no mangled one. */
    static String demangled(String name) {
        if (!name.startsWith(PREFIX) || name.length() == PREFIX.length()) {
            return name;
        }
        try {
            return new RustName(name).path();
        } catch (Malformed e) {
            return name;
        }
    }

    private String path() throws Malformed {
        enter();
        String path = switch (next()) {
            case 'C' -> identifier();
            case 'M' -> {
                implementation();
                yield "<" + type() + ">";
            }
            case 'X' -> {
                implementation();
                yield "<" + type() + " as " + path() + ">";
            }
            case 'Y' -> "<" + type() + " as " + path() + ">";
            case 'N' -> {
                boolean closure = next() == 'C';
                String outer = path();
                String inner = identifier();
                if (inner.isEmpty() && !closure) {
                    throw new Malformed();
                }
                yield outer + "::" + (closure ? "{closure}" : inner);
            }
            case 'I' -> {
                String generic = path();
                while (!eat('E')) {
                    argument();
                }
                yield generic;
            }
            case 'B' -> {
                int back = base62();
                yield at(back, this::path);
            }
            default -> throw new Malformed();
        };
        depth--;
        return path;
    }

    /** The path in which an implementation stands says nothing that its type does not. */
    private void implementation() throws Malformed {
        disambiguator();
        path();
    }

    private String type() throws Malformed {
        enter();
        String type = switch (peek()) {
            case 'C', 'M', 'X', 'Y', 'N', 'I' -> path();
            case 'B' -> {
                next();
                int back = base62();
                yield at(back, this::type);
            }
            case 'R', 'Q' -> {
                next();
                lifetime();
                yield "&" + type();
            }
            case 'P', 'O' -> {
                next();
                yield "*" + type();
            }
            case 'S' -> {
                next();
                yield "[" + type() + "]";
            }
            case 'A' -> {
                next();
                String element = type();
                constant();
                yield "[" + element + "]";
            }
            case 'T' -> {
                next();
                while (!eat('E')) {
                    type();
                }
                yield "_";
            }
            default -> {
                // Functions and trait objects have a grammar of their own, and name no implementation in the kernel.
                if (!Character.isLowerCase(next())) {
                    throw new Malformed();
                }
                yield "_";
            }
        };
        depth--;
        return type;
    }

    private void argument() throws Malformed {
        if (peek() == 'L') {
            lifetime();
        } else if (eat('K')) {
            constant();
        } else {
            type();
        }
    }

    private void constant() throws Malformed {
        if (eat('p')) {
            return;
        }
        if (eat('B')) {
            base62();
            return;
        }
        type();
        while (!eat('_')) {
            next();
        }
    }

    private void lifetime() throws Malformed {
        if (eat('L')) {
            base62();
        }
    }

    private void disambiguator() throws Malformed {
        if (eat('s')) {
            base62();
        }
    }

    private String identifier() throws Malformed {
        disambiguator();
        eat('u');
        int length = 0;
        while (at < name.length() && Character.isDigit(name.charAt(at)) && length < name.length()) {
            length = 10 * length + (next() - '0');
        }
        eat('_');
        if (length > name.length() - at) {
            throw new Malformed();
        }
        String identifier = name.substring(at, at + length);
        at += length;
        return identifier;
    }

    /** Digits up to an underscore; none is 0, and each number is one more than its digits say. */
    private int base62() throws Malformed {
        if (eat('_')) {
            return 0;
        }
        long value = 0;
        for (char c = next(); c != '_'; c = next()) {
            int digit = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".indexOf(c);
            if (digit < 0) {
                throw new Malformed();
            }
            value = 62 * value + digit; // the hash of a crate overflows, and is not used
        }
        return (int) value + 1;
    }

    private interface Part {
        String read() throws Malformed;
    }

    private String at(int back, Part part) throws Malformed {
        int here = at;
        at = PREFIX.length() + back;
        if (back < 0 || at >= here) {
            throw new Malformed();
        }
        String read = part.read();
        at = here;
        return read;
    }

    private void enter() throws Malformed {
        if (++depth > DEEPEST || ++steps > MOST_STEPS) {
            throw new Malformed();
        }
    }

    private char peek() throws Malformed {
        if (at >= name.length()) {
            throw new Malformed();
        }
        return name.charAt(at);
    }

    private char next() throws Malformed {
        char c = peek();
        at++;
        return c;
    }

    private boolean eat(char c) {
        if (at < name.length() && name.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }
}
