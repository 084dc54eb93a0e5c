package io.bohrwerk.emulator;

import io.bohrwerk.emulator.qemu.MachineFile;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.protocol.target.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The files in a machine's private directory, by the names that QEMU's command line gives them. */
final class MachineFiles {
    /** Two of QEMU's largest writes. */
    private static final long LEAST_ROOM = 128 << 10;

    private static final long QEMU_IMG_SECONDS = 30;

    private final TargetFiles target;
    private final Path directory;

    MachineFiles(TargetFiles target, Path directory) {
        this.target = target;
        this.directory = directory;
    }

    /** The machine's disk of snapshots. */
    Path state() {
        return directory.resolve(QemuCommandLine.STATE);
    }

    Path recording() {
        return directory.resolve(QemuCommandLine.RECORDING);
    }

    Path mergedLog() {
        return directory.resolve("merged.log.zst");
    }

    Path mergedLogIndex() {
        return directory.resolve("merged.log.idx");
    }

    /** Prepares for a batch from a snapshot. @param image is copied */
    void layOut(Path image, Batch batch) throws IOException {
        Files.copy(image, state(), StandardCopyOption.REPLACE_EXISTING);
        write(GuestInput.of(target.manifest(), batch));
    }

    /** Prepares for a replay. @param image is copied */
    void layOut(Path image, Batch batch, Path recording) throws IOException {
        layOut(image, batch);
        if (!recording.equals(recording())) {
            Files.copy(recording, recording(), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Prepares for a guest that waits for a batch. @param image is copied */
    void layOutWaiting(Path image) throws IOException {
        Files.copy(image, state(), StandardCopyOption.REPLACE_EXISTING);
        write(GuestInput.waiting(target.manifest()));
    }

    /** Prepares for a boot. */
    void layOutBoot() throws IOException, InterruptedException {
        createImage();
        write(GuestInput.waiting(target.manifest()));
    }

    private void write(Map<String, String> files) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path at = directory.resolve(file.getKey());
            Files.deleteIfExists(at); // it may be the pipe of a boot
            Files.writeString(at, file.getValue(), StandardCharsets.ISO_8859_1);
        }
    }

    private void createImage() throws IOException, InterruptedException {
        Files.deleteIfExists(state());
        List<String> command = new ArrayList<>(List.of("qemu-img", "create", "-q", "-f", "qcow2"));
        Disk backing = target.manifest().boot().writableDisk().orElse(null);
        if (backing == null) {
            command.addAll(List.of(QemuCommandLine.STATE, "1M"));
        } else {
            // -u: the backing image is not lent yet. Its size is known from its header.
            command.addAll(List.of(
                    "-u",
                    "-F",
                    backing.format() == Disk.Format.QCOW2 ? "qcow2" : "raw",
                    "-b",
                    QemuCommandLine.disk(target.manifest().boot().disks().indexOf(backing)),
                    QemuCommandLine.STATE,
                    Long.toString(target.diskSize(backing))));
        }
        Process create = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            if (!create.waitFor(QEMU_IMG_SECONDS, TimeUnit.SECONDS) || create.exitValue() != 0) {
                String said = create.isAlive()
                        ? "no answer within " + QEMU_IMG_SECONDS + " s"
                        : new String(create.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                throw new IOException("qemu-img: " + said.strip());
            }
        } finally {
            create.destroyForcibly();
        }
    }

    /** What a console's file holds. */
    static String read(Path console, long most) throws IOException {
        return new String(MachineFile.head(console, most), StandardCharsets.ISO_8859_1);
    }

    /** Whether the disk is full. QEMU 7.2 loses a recording on a full disk silently, and reports a lost snapshot as an input/output error. */
    boolean noSpaceLeft() {
        try {
            return Files.getFileStore(directory).getUsableSpace() < LEAST_ROOM;
        } catch (IOException e) {
            return false; // the directory is gone, which is another trouble
        }
    }

    void delete() throws IOException {
        Workspace.deleteTree(directory);
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
