package io.bohrwerk.emulator.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.schedule.CpuModel;
import io.bohrwerk.protocol.schedule.Setting;
import io.bohrwerk.protocol.target.TargetBoot;
import io.bohrwerk.protocol.target.TargetManifest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QemuCommandLineTest {
    private static final TargetManifest BARE = TargetManifest.parse("""
        name: bare
        machine: {arch: i386, memory: 16MiB}
        boot: {kernel: "ker,nel.elf"}
        test: {}
        """);
    private static final TargetManifest LINUX = TargetManifest.parse("""
        name: linux
        machine: {arch: x86_64, memory: 128MiB}
        boot: {kernel: vmlinuz, initrd: "init,rd=x.gz", append: 'console=ttyS0,115200 x="a, b" panic=-1'}
        test: {}
        """);

    private static final List<Launch> LAUNCHES = List.of(
            Launch.boot(new Execution.Counted(4)),
            Launch.boot(new Execution.Free()),
            record(4),
            ready(new Execution.Counted(4)),
            ready(new Execution.Free()).with(new Instrument.DiscardedLog()),
            replay("before", 4),
            ready(new Execution.Replayed(4)).with(new Instrument.OwnLog()),
            ready(new Execution.Replayed(4)).with(new Instrument.GdbServer()));

    /** As QEMU 7.2 is started. */
    private static List<String> of(TargetManifest manifest, Launch launch) {
        return QemuCommandLine.of(manifest, true, launch);
    }

    private static Launch ready(Execution execution) {
        return Launch.from(QemuCommandLine.READY, execution);
    }

    private static Launch record(int shift) {
        return ready(new Execution.Recorded(shift));
    }

    private static Launch replay(String snapshot, int shift) {
        return Launch.from(snapshot, new Execution.Replayed(shift)).with(new Instrument.MergedLog());
    }

    /** See {@link Qemu}: of what differs between the versions only the HPET is on the command line. */
    @ParameterizedTest
    @CsvSource({"7.2.22, true, pc", "10.0.2, false, 'pc,hpet=off'", "11.1.3, false, 'pc,hpet=off'"})
    void startsEachVersion(String version, boolean hpet, String machine) {
        assertThat(text(QemuCommandLine.of(BARE, hpet, record(4)))).as(version).isEqualTo("""
            setpriv --pdeathsig KILL
            prlimit --core=0 --as=3305111552 --fsize=2147483648 --nofile=256 --cpu=86400 --
            qemu-system-i386
            -M MACHINE
            -cpu qemu32
            -m 16
            -smp 1
            -nodefaults
            -display none
            -rtc base=2026-01-01,clock=vm
            -seed 1
            -device isa-debugcon,iobase=0xe9,chardev=console
            -device isa-serial,chardev=serial
            -device isa-debug-exit,iobase=0xf4,iosize=4
            -device pvpanic
            -action reboot=shutdown,shutdown=pause,panic=pause
            -kernel kernel
            -append [empty]
            -accel tcg,tb-size=64
            -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny
            -qmp stdio
            -chardev file,id=console,path=console.fifo
            -chardev file,id=serial,path=serial.fifo
            -fw_cfg name=opt/bohrwerk/batch,file=batch.cfg
            -fw_cfg name=opt/bohrwerk/delays,file=delays.cfg
            -fw_cfg name=opt/bohrwerk/test,file=test.cfg
            -drive file=state.qcow2,if=none,id=state,format=qcow2
            -icount shift=4,sleep=off,rr=record,rrfile=recording.rr
            -loadvm ready
            -S\
            """.replace(
                        "MACHINE", machine));
        String options = String.join(" ", QemuCommandLine.machineOptions(BARE, hpet));
        assertThat(QemuCommandLine.haveHpet(options)).isEqualTo(hpet);
    }

    @Test
    void debugsOverPipes() {
        assertThat(text(of(BARE, ready(new Execution.Replayed(5)).with(new Instrument.GdbServer()))))
                .contains("-chardev pipe,id=gdb,path=gdb\n-gdb chardev:gdb\n")
                .doesNotContain("logfile", "-D ");
    }

    @Test
    void bootsABareMetalKernel() {
        assertThat(text(of(BARE, Launch.boot(new Execution.Counted(4))))).isEqualTo("""
            setpriv --pdeathsig KILL
            prlimit --core=0 --as=3305111552 --fsize=2147483648 --nofile=256 --cpu=86400 --
            qemu-system-i386
            -M pc
            -cpu qemu32
            -m 16
            -smp 1
            -nodefaults
            -display none
            -rtc base=2026-01-01,clock=vm
            -seed 1
            -device isa-debugcon,iobase=0xe9,chardev=console
            -device isa-serial,chardev=serial
            -device isa-debug-exit,iobase=0xf4,iosize=4
            -device pvpanic
            -action reboot=shutdown,shutdown=pause,panic=pause
            -kernel kernel
            -append [empty]
            -accel tcg,tb-size=64
            -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny
            -qmp stdio
            -chardev file,id=console,path=console.fifo
            -chardev file,id=serial,path=serial.fifo
            -fw_cfg name=opt/bohrwerk/batch,file=batch.cfg
            -fw_cfg name=opt/bohrwerk/delays,file=delays.cfg
            -fw_cfg name=opt/bohrwerk/test,file=test.cfg
            -drive file=state.qcow2,if=none,id=state,format=qcow2
            -icount shift=4,sleep=off\
            """);
    }

    @Test
    void givesTheMachineTheProcessorOfASetting() {
        assertThat(text(of(LINUX.under(new Setting(CpuModel.NEHALEM)), replay(QemuCommandLine.READY, 4))))
                .contains("-cpu Nehalem\n")
                .doesNotContain("qemu64");
    }

    @Test
    void recordsFromTheReadySnapshot() {
        assertThat(text(of(LINUX, record(3))))
                .contains("qemu-system-x86_64\n", "-cpu qemu64\n", "-m 128\n", "-initrd initrd\n")
                .endsWith("""
                    -icount shift=3,sleep=off,rr=record,rrfile=recording.rr
                    -loadvm ready
                    -S\
                    """);
    }

    @Test
    void replaysWithBothConsolesCopiedIntoTheLog() {
        assertThat(text(of(LINUX, replay(QemuCommandLine.READY, 3))))
                .contains(
                        "-chardev file,id=console,path=console.fifo,logfile=merged.fifo,logappend=on\n",
                        "-chardev file,id=serial,path=serial.fifo,logfile=merged.fifo,logappend=on\n")
                .endsWith("""
                    -icount shift=3,sleep=off,rr=replay,rrfile=recording.rr
                    -D merged.fifo
                    -loadvm ready
                    -S\
                    """);
    }

    @Test
    void logsToNowhere() {
        assertThat(text(of(BARE, ready(new Execution.Free()).with(new Instrument.DiscardedLog()))))
                .endsWith("-d int\n-D /dev/null\n-loadvm ready\n-S");
    }

    @Test
    void timersThatTheGuestDoesNotSeeMakeSlices() {
        assertThat(text(of(BARE, ready(new Execution.Counted(5, List.of(37, 101))))))
                .contains("-icount shift=5,sleep=off\n-netdev hubport,id=slices,hubid=0\n"
                        + "-object filter-buffer,id=slice0,netdev=slices,interval=37\n"
                        + "-object filter-buffer,id=slice1,netdev=slices,interval=101\n");
    }

    @Test
    void countsOrRunsFree() {
        assertThat(text(of(BARE, ready(new Execution.Counted(5))))).contains("-icount shift=5,sleep=off\n");
        assertThat(text(of(BARE, ready(new Execution.Free())))).doesNotContain("icount");
    }

    @Test
    void typesAndAttachesDisks() {
        TargetManifest driven = TargetManifest.parse("""
                name: driven
                machine: {arch: x86_64, memory: 128MiB}
                boot: {disks: [{file: "cd,1.iso", format: iso}, {file: root.img, format: raw, bus: virtio}]}
                test: {driver: console, script: [{snapshot: ready}, {loop: "true"}]}
                """);
        assertThat(text(of(driven, record(3))))
                .doesNotContain("-kernel", "-append", "cd,1")
                .contains("-device ide-cd,drive=replayed0\n-device virtio-blk-pci,drive=replayed1\n")
                .contains("-chardev pipe,id=serial,path=serial\n")
                .endsWith("""
                        -drive file=state.qcow2,if=none,id=state,format=qcow2
                        -drive file=disk0,if=none,id=image0,format=raw,readonly=on
                        -drive driver=blkreplay,if=none,image=image0,id=replayed0,readonly=on
                        -drive driver=blkreplay,if=none,image=state,id=replayed1
                        -icount shift=3,rr=record,rrfile=recording.rr
                        -loadvm ready
                        -S""");
        assertThat(text(of(driven, replay("before", 3))))
                .contains("-chardev file,id=serial,path=serial.fifo,logfile=merged.fifo,logappend=on\n");
    }

    /** Commas divide QEMU's options: what a user wrote is an argument of its own, or not on the command line at all. */
    @Test
    void keepsWhatUsersWriteOutOfOptions() {
        List<String> command = of(LINUX, record(4));
        assertThat(command).noneMatch(argument -> argument.contains("init,rd") || argument.contains("vmlinuz"));
        assertThat(command).containsOnlyOnce("console=ttyS0,115200 x=\"a, b\" panic=-1");
        assertThat(command.get(command.indexOf("console=ttyS0,115200 x=\"a, b\" panic=-1") - 1))
                .isEqualTo("-append");
        assertThat(of(BARE, record(4))).noneMatch(argument -> argument.contains("ker,nel"));
    }

    /** Whatever a kernel's command line says, it is one argument to QEMU, and no shell ever sees it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                ",file=/etc/shadow,if=none",
                "-drive file=/etc/shadow",
                "-append",
                "--",
                "$(id) `id` ; id | id > /tmp/x & ' \\ %s %n",
                "a=b,,c==d,readonly=off",
                "@file"
            })
    void aHostileCommandLineIsOneArgument(String append) {
        TargetManifest hostile = TargetManifest.parse("""
            name: hostile
            machine: {arch: i386, memory: 16MiB}
            boot: {kernel: "k,file==x@,.elf", initrd: "a=b,readonly=off", append: '%s'}
            test: {}
            """.formatted(append.replace("'", "''")));
        for (Launch launch : LAUNCHES) {
            List<String> command = of(hostile, launch);
            List<String> tame = of(tame(), launch);
            assertThat(command).hasSameSizeAs(tame);
            for (int i = 0; i < tame.size(); i++) {
                assertThat(command.get(i)).isEqualTo(tame.get(i).equals("tame") ? append : tame.get(i));
            }
        }
    }

    private static TargetManifest tame() {
        return TargetManifest.parse("""
            name: tame
            machine: {arch: i386, memory: 16MiB}
            boot: {kernel: k, initrd: i, append: tame}
            test: {}
            """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\rb", "a\u0000b", "a\u001bb", "\u00e4"})
    void aCommandLineIsOnePrintableLine(String append) {
        assertThatThrownBy(() -> new TargetBoot("kernel", null, append, List.of(), null))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("append");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../kernel", "/etc/passwd", "a/b", "-kernel", ".hidden", "a\nb", "a b", "a;b", "$(id)", ""})
    void aFileNameNamesNothingElse(String name) {
        assertThatThrownBy(() -> new TargetBoot(name, null, "", List.of(), null))
                .isInstanceOf(InvalidInputException.class);
    }

    /** An option and its values to a line. */
    private static String text(List<String> command) {
        StringBuilder text = new StringBuilder();
        for (String argument : command) {
            boolean newLine = argument.startsWith("-") && !argument.startsWith("--")
                    || argument.startsWith("qemu-")
                    || argument.equals("prlimit");
            text.append(text.isEmpty() ? "" : newLine ? "\n" : " ").append(argument.isEmpty() ? "[empty]" : argument);
        }
        return text.toString();
    }
}
