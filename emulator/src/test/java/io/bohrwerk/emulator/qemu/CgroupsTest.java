package io.bohrwerk.emulator.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is written where, on a tree of plain files; and on the kernel's own tree, where this host has one that can be written to, that processes
 * enter a group and are ended with it. A kernel that bounds memory by it was not at hand.
 */
class CgroupsTest {
    @TempDir
    Path directory;

    private final ProcessHandle self = ProcessHandle.current();

    /** A /proc and a cgroup file system as this process would see them. */
    private Path host(String path, String controllers, String processes) throws Exception {
        Path proc = Files.createDirectories(directory.resolve("proc/self"));
        Path mount = directory.resolve("cgroup");
        Path own = Files.createDirectories(mount.resolve(path));
        Files.writeString(proc.resolve("mounts"), "proc /proc proc rw 0 0\ncgroup2 " + mount + " cgroup2 rw 0 0\n");
        Files.writeString(proc.resolve("cgroup"), "12:memory:/elsewhere\n0::/" + path + "\n");
        Files.writeString(own.resolve("cgroup.controllers"), controllers + "\n");
        Files.writeString(own.resolve("cgroup.procs"), processes);
        Files.writeString(own.resolve("cgroup.subtree_control"), "");
        return directory.resolve("proc");
    }

    @Test
    void anEmulatorGetsAGroupOfItsOwnWithBounds() throws Exception {
        Path proc = host("system.slice/bohrwerk.service", "cpuset cpu io memory pids", self.pid() + "\n");
        Cgroups groups = Cgroups.probe(proc, self);
        Path base = directory.resolve("cgroup/system.slice/bohrwerk.service");
        assertThat(groups.inForce()).startsWith("cgroups below " + base);
        assertThat(base.resolve("worker/cgroup.procs")).hasContent(Long.toString(self.pid()));
        assertThat(base.resolve("cgroup.subtree_control")).content().startsWith("+");
        Cgroups.Group group = groups.make(3L << 30).orElseThrow();
        assertThat(group.path().getParent()).isEqualTo(base);
        assertThat(group.path().resolve("memory.max")).hasContent("3221225472");
        assertThat(group.path().resolve("memory.oom.group")).hasContent("1");
        assertThat(group.path().resolve("cpu.max")).hasContent("200000 100000");
        assertThat(group.path().resolve("pids.max")).hasContent("256");
        List<String> command = new ArrayList<>(group.prefix());
        command.addAll(List.of("sh", "-c", "echo $$"));
        Process process = new ProcessBuilder(command).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(group.path().resolve("cgroup.procs")).hasContent(said);
    }

    @Test
    void whyThereIsNoneIsSaid() throws Exception {
        assertThat(Cgroups.probe(host("a", "cpu io", self.pid() + "\n"), self).inForce())
                .startsWith("resource limits")
                .endsWith("has no memory, pids");
        Cgroups shared = Cgroups.probe(host("b", "cpu memory pids", "1\n" + self.pid() + "\n"), self);
        assertThat(shared.inForce()).contains("other processes are in its cgroup", "Delegate=yes");
        assertThat(shared.make(1)).isEmpty();
        assertThat(directory.resolve("cgroup/b/worker")).doesNotExist();
        Files.writeString(directory.resolve("proc/self/mounts"), "cgroup /sys/fs/cgroup/memory cgroup rw 0 0\n");
        assertThat(Cgroups.probe(directory.resolve("proc"), self).inForce()).contains("no cgroup v2");
        // This host, whatever it is.
        assertThat(Cgroups.probe().inForce()).contains("resource limits");
    }

    @Test
    void theKernelEndsWhatIsInside() throws Exception {
        Optional<Path> mount = Files.readAllLines(Path.of("/proc/self/mounts")).stream()
                .map(line -> line.split(" "))
                .filter(fields -> fields[2].equals("cgroup2"))
                .map(fields -> Path.of(fields[1]))
                .filter(Files::isWritable)
                .findFirst();
        Assumptions.assumeTrue(mount.isPresent(), "this host has no cgroup v2 that this user can write to");
        Path base = mount.get().resolve("bohrwerk-test-" + self.pid());
        Files.createDirectory(base);
        try {
            Cgroups groups = new Cgroups(base, "", Set.of());
            Cgroups.Group group = groups.make(1 << 30).orElseThrow();
            List<String> command = new ArrayList<>(group.prefix());
            command.addAll(List.of("sh", "-c", "sleep 1000 & echo started; wait"));
            Process process = new ProcessBuilder(command).start();
            assertThat(process.inputReader().readLine()).isEqualTo("started");
            assertThat(Files.readAllLines(group.path().resolve("cgroup.procs")))
                    .hasSize(2)
                    .contains(Long.toString(process.pid()));
            group.close();
            assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(group.path()).doesNotExist();
            Files.createDirectory(base.resolve("machine-999999999-1"));
            Cgroups.Group own = groups.make(1 << 30).orElseThrow();
            groups.sweep();
            assertThat(base.resolve("machine-999999999-1")).doesNotExist();
            assertThat(own.path()).isDirectory();
            own.close();
        } finally {
            Files.delete(base);
        }
    }
}
