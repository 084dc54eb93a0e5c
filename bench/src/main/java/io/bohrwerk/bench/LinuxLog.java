package io.bohrwerk.bench;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.SplittableRandom;

/** An interrupt log like that of a Linux guest, from a seed: timer interrupts, page faults, debug traps, reports. */
public final class LinuxLog extends InputStream {
    /** Entries between two reports: what a Linux guest's test takes. */
    private static final int TRAPS_PER_ITERATION = 400;

    private static final String REGISTERS =
            "RSI=0000000000000000 RDI=0000000000000003 RBP=0000000000000003 RSP=%2$016x\n"
                    + "R8 =0000000000000000 R9 =00000000cccccccd R10=0000000000000000 R11=0000000000000207\n"
                    + "R12=0000000000000003 R13=0000000000000000 R14=0000000000401970 R15=00000000004017d0\n"
                    + "RIP=%3$016x RFL=00000246 [---Z-P-] CPL=3 II=0 A20=1 SMM=0 HLT=0\n"
                    + "ES =0000 0000000000000000 00000000 00000000\nCS =0033 0000000000000000 ffffffff 00affb00 DPL=3 CS64 [-RA]\n"
                    + "SS =002b 0000000000000000 ffffffff 00cff300 DPL=3 DS   [-WA]\nDS =0000 0000000000000000 00000000 00000000\n"
                    + "FS =0000 0000000003980380 00000000 00000000\nGS =0000 0000000000000000 00000000 00000000\n"
                    + "LDT=0000 0000000000000000 00000000 00008200 DPL=0 LDT\n"
                    + "TR =0040 fffffe0000003000 00004087 00008900 DPL=0 TSS64-avl\nGDT=     fffffe0000001000 0000007f\n"
                    + "IDT=     fffffe0000000000 00000fff\nCR0=80050033 CR2=%4$016x CR3=000000000105e000 CR4=000006b0\n"
                    + "DR0=00000000004aa458 DR1=0000000000000000 DR2=0000000000000000 DR3=0000000000000000 \n"
                    + "DR6=00000000ffff0ff0 DR7=0000000000000600\nCCS=0000000000000044 CCD=0000000000000003 CCO=EFLAGS\n"
                    + "EFER=0000000000000d01\n";

    private final SplittableRandom random = new SplittableRandom(42);
    private long left;
    private int traps;
    private byte[] entry = {};
    private int at;

    public LinuxLog(long bytes) {
        this.left = bytes;
    }

    @Override
    public int read() {
        throw new IllegalStateException("read in blocks");
    }

    @Override
    public int read(byte[] to, int offset, int length) {
        if (left == 0) {
            return -1;
        }
        int wanted = (int) Math.min(left, length);
        int done = 0;
        while (done < wanted) {
            if (at == entry.length) {
                entry = next().getBytes(StandardCharsets.US_ASCII);
                at = 0;
            }
            int n = Math.min(wanted - done, entry.length - at);
            System.arraycopy(entry, at, to, offset + done, n);
            at += n;
            done += n;
        }
        left -= wanted;
        return wanted;
    }

    private String next() {
        traps++;
        String trap = trap();
        if (traps % TRAPS_PER_ITERATION == 0) {
            return "@bw pa" + trap + "ss " + traps / TRAPS_PER_ITERATION + "\n";
        }
        return trap;
    }

    private String trap() {
        int kind = random.nextInt(1000);
        int vector = kind == 0 ? 6 : kind < 50 ? 1 : kind < 150 ? 14 : 0xec;
        long ip = 0x400000L + random.nextInt(1 << 16);
        long sp = 0x7ffc712cfc38L - 8L * random.nextInt(64);
        String preface = vector == 0xec
                ? "Servicing hardware INT=0xec\n"
                : "check_exception old: 0xffffffff new 0x" + Integer.toHexString(vector) + "\n";
        return preface
                + String.format(
                        Locale.ROOT,
                        "%6d: v=%02x e=0000 i=0 cpl=3 IP=0033:%016x pc=%016x SP=002b:%016x env->regs[R_EAX]=%016x\n"
                                + "RAX=%6$016x RBX=00007ffc712cfc90 RCX=00007ffc712cfc37 RDX=0000000000000505\n",
                        traps,
                        vector,
                        ip,
                        ip,
                        sp,
                        random.nextLong())
                + String.format(Locale.ROOT, REGISTERS, 0, sp, ip, random.nextInt(1 << 30) & ~0xfffL);
    }
}
