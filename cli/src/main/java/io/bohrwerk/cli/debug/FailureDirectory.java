package io.bohrwerk.cli.debug;

import io.bohrwerk.emulator.TargetFiles;
import io.bohrwerk.emulator.debug.DebuggedFailure;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.protocol.Digest;
import io.bohrwerk.protocol.InvalidInputException;
import io.bohrwerk.protocol.batch.Again;
import io.bohrwerk.protocol.batch.ArtifactKind;
import io.bohrwerk.protocol.batch.ArtifactReference;
import io.bohrwerk.protocol.batch.Checkpoint;
import io.bohrwerk.protocol.batch.Coordinates;
import io.bohrwerk.protocol.target.TargetBundle;
import io.bohrwerk.protocol.target.TargetManifest;
import io.bohrwerk.protocol.target.TargetTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * An unpacked bundle. Everything in it that decides how a replay goes is checked against the digests in its manifest, because QEMU would
 * go astray without a word, or hang.
 */
public final class FailureDirectory {
    private static final String READY_IMAGE = "ready.qcow2";

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Path directory;
    private final Manifest manifest;

    private FailureDirectory(Path directory, Manifest manifest) {
        this.directory = directory;
        this.manifest = manifest;
    }

    /** Of {@code manifest.json} what is needed here. */
    private record Manifest(
            Coordinates coordinates,
            long iteration,
            Instructions instructions,
            List<ArtifactReference> artifacts,
            List<Checkpoint> checkpoints,
            @Nullable Failure failure) {
        private record Instructions(long first, long last) {}

        /** Null in bundles of older versions. */
        private record Failure(long instruction) {}

        private long failing() {
            return failure == null ? instructions.last() : failure.instruction();
        }
    }

    /** @throws InvalidInputException when it holds no bundle, or one whose recording, snapshots or target are others than they were */
    public static FailureDirectory open(Path directory) throws IOException {
        Path file = directory.resolve(ArtifactKind.MANIFEST.fileName());
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException("directory", directory, "holds no " + file.getFileName() + " of a bundle");
        }
        FailureDirectory opened;
        try {
            opened = new FailureDirectory(directory, JSON.readValue(Files.readAllBytes(file), Manifest.class));
        } catch (JacksonException e) {
            throw new InvalidInputException("manifest.json", directory, "is damaged: " + e.getOriginalMessage());
        }
        opened.check();
        return opened;
    }

    private void check() throws IOException {
        Again again = manifest.coordinates().again();
        InvalidInputException.require(
                again != Again.NEVER,
                "directory",
                directory,
                "holds a failure that cannot be replayed: icount was off, and nothing was recorded");
        InvalidInputException.require(
                again != Again.RUN,
                "directory",
                directory,
                "holds a failure that cannot be debugged: its guest has several CPUs, of which QEMU makes no recording, and a"
                        + " breakpoint would change how they take turns. Its replay.sh runs the batch again");
        for (ArtifactReference artifact : manifest.artifacts()) {
            if (artifact.kind() == ArtifactKind.RECORDING) {
                require(ArtifactKind.RECORDING.fileName(), artifact.digest());
            } else if (artifact.kind() == ArtifactKind.SNAPSHOT && hasSnapshot()) {
                require(ArtifactKind.SNAPSHOT.fileName(), artifact.digest());
            }
        }
        require(READY_IMAGE, manifest.coordinates().snapshot());
        TargetFiles target = target();
        Map<String, Digest> digests = new TreeMap<>();
        for (String name : target.manifest().boot().files()) {
            digests.put(name, Digest.of(target.directory().resolve(name)));
        }
        digests.put(TargetManifest.FILE_NAME, Digest.of(target.directory().resolve(TargetManifest.FILE_NAME)));
        Digest found = TargetBundle.of(target.manifest(), digests).id();
        InvalidInputException.require(
                found.equals(manifest.coordinates().target()),
                "target",
                found,
                "is not the target of this failure, which is "
                        + manifest.coordinates().target());
    }

    private void require(String name, Digest digest) throws IOException {
        Path file = directory.resolve(name);
        InvalidInputException.require(Files.isRegularFile(file), name, directory, "is missing in the bundle");
        Digest found = Digest.of(file);
        InvalidInputException.require(
                found.equals(digest), name, found, "is damaged, or of another failure: its digest should be " + digest);
    }

    private boolean hasSnapshot() {
        return Files.isRegularFile(directory.resolve(ArtifactKind.SNAPSHOT.fileName()));
    }

    private TargetFiles target() throws IOException {
        return TargetFiles.in(directory.resolve("target"));
    }

    /** The emulator that made the recording, and alone can replay it. */
    public String emulator() {
        return manifest.coordinates().emulator();
    }

    /** Of the machine that it was recorded on. */
    public String machineOptions() {
        return manifest.coordinates().machineOptions();
    }

    /** What a debugger needs. */
    public DebuggedFailure failure() throws IOException {
        List<DebuggedFailure.Snapshot> snapshots = new ArrayList<>();
        snapshots.add(new DebuggedFailure.Snapshot(
                manifest.instructions().first(), directory.resolve(READY_IMAGE), QemuCommandLine.READY));
        for (Checkpoint checkpoint : manifest.checkpoints()) {
            if (hasSnapshot() && !checkpoint.name().equals(Checkpoint.START)) {
                snapshots.add(new DebuggedFailure.Snapshot(
                        checkpoint.instruction(),
                        directory.resolve(ArtifactKind.SNAPSHOT.fileName()),
                        checkpoint.name()));
            }
        }
        return new DebuggedFailure(
                target().under(manifest.coordinates().schedule().setting()),
                configuration(),
                manifest.coordinates().schedule().shift(),
                directory.resolve(ArtifactKind.RECORDING.fileName()),
                snapshots,
                manifest.instructions().last(),
                manifest.failing(),
                manifest.iteration(),
                manifest.coordinates().reportEvery());
    }

    private Map<String, String> configuration() throws IOException {
        Map<String, String> texts = new HashMap<>();
        List<String> names =
                new ArrayList<>(List.of(QemuCommandLine.BATCH, QemuCommandLine.DELAYS, QemuCommandLine.TEST));
        if (target().manifest().test().driver() == TargetTest.Driver.CONSOLE) {
            names.add(QemuCommandLine.INPUT);
        }
        for (String name : names) {
            Path file = directory.resolve("config").resolve(name);
            InvalidInputException.require(Files.isRegularFile(file), name, directory, "is missing in the bundle");
            texts.put(name, Files.readString(file));
        }
        return texts;
    }
}
