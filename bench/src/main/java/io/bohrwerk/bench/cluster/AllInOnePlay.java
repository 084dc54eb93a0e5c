package io.bohrwerk.bench.cluster;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What can go wrong in an all-in-one. Each has one of its own, and is played while a job runs. */
enum AllInOnePlay {
    ALL_IN_ONE_DATABASE_KILLED("kill -9 of the all-in-one's PostgreSQL, three times") {
        @Override
        String act(AllInOneStage stage) throws Exception {
            for (int time = 0; time < 3; time++) {
                stage.awaitBusy();
                stage.server.postgres().ifPresent(ProcessHandle::destroyForcibly);
                Thread.sleep(5_000);
            }
            return stage.awaitTold("PostgreSQL answers again");
        }
    },
    ALL_IN_ONE_BROKER_KILLED("kill -9 of the all-in-one's Kafka, twice") {
        @Override
        String act(AllInOneStage stage) throws Exception {
            for (int time = 0; time < 2; time++) {
                stage.awaitBusy();
                stage.server.kafka().ifPresent(ProcessHandle::destroyForcibly);
                Thread.sleep(10_000);
            }
            return stage.awaitTold("Kafka serves again");
        }
    },
    ALL_IN_ONE_DISK_FULL("the all-in-one's disk falls below its reserve, then is full, then freed") {
        private static final int RESERVE_MIB = 300;

        @Override
        Optional<String> open(Path state) throws IOException {
            return run("mount", "-t", "tmpfs", "-o", "size=1500m,mode=0700", "tmpfs", state.toString())
                    ? Optional.empty()
                    : Optional.of("this user cannot mount a small disk");
        }

        @Override
        AllInOneStage start(Path state) throws IOException {
            return new AllInOneStage(
                    state,
                    Map.of("BOHRWERK_API_BLOBS_LEASTFREE", "100MB", "BOHRWERK_WORKER_BLOBS_LEASTFREE", "100MB"),
                    "--least-free",
                    RESERVE_MIB + "MB");
        }

        @Override
        String act(AllInOneStage stage) throws Exception {
            stage.awaitBusy();
            Path filler = stage.directory().resolve("filler");
            fill(filler, 200L << 20);
            stage.awaitTold("work is paused: the disk at");
            awaitPaused(stage);
            Thread.sleep(5_000);
            fill(filler, 0);
            Thread.sleep(20_000);
            if (!stage.server.process().isAlive()) {
                throw new IOException("the full disk ended it: " + stage.server.told());
            }
            Files.delete(filler);
            stage.awaitTold("there is room on the disk again");
            return stage.server.told().stream()
                    .filter(line -> line.contains("ended by itself"))
                    .findFirst()
                    .map(line -> "full: " + line)
                    .orElse("full: nothing gave up");
        }

        @Override
        void shut(Path state) throws IOException {
            run("umount", "-l", state.toString());
        }

        private static void awaitPaused(AllInOneStage stage) throws Exception {
            for (long end = System.nanoTime() + LIMIT.toNanos(); System.nanoTime() < end; Thread.sleep(500)) {
                for (JsonNode worker : stage.list("/workers")) {
                    if (worker.path("paused").asString("").contains("MiB left")) {
                        return;
                    }
                }
            }
            throw new IOException("no worker says that it is paused");
        }

        /** Leaves so many bytes free, or as many as there are. */
        private static void fill(Path file, long left) throws IOException {
            byte[] piece = new byte[1 << 20];
            try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
                out.seek(out.length());
                while (Files.getFileStore(file).getUsableSpace() > left) {
                    out.write(piece);
                }
            } catch (IOException e) {
                if (left > 0) {
                    throw e; // a disk that is full to the last byte refuses the last piece
                }
            }
        }
    },
    ALL_IN_ONE_CLOCK_STEPPED("the clock of the all-in-one and its Kafka steps an hour forward and back, three times") {
        private static final List<Path> LIBRARIES = List.of(
                Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"),
                Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1"));

        private static Optional<Path> library() {
            return LIBRARIES.stream().filter(Files::exists).findFirst();
        }

        private static Path clock(Path state) {
            return state.resolveSibling(state.getFileName() + ".clock");
        }

        @Override
        Optional<String> open(Path state) throws IOException {
            Files.writeString(clock(state), "+0\n");
            return library().isPresent()
                    ? Optional.empty()
                    : Optional.of("libfaketime is not installed (Debian: apt-get install libfaketime)");
        }

        @Override
        AllInOneStage start(Path state) throws IOException {
            return new AllInOneStage(
                    state,
                    Map.of(
                            "LD_PRELOAD",
                            library().orElseThrow().toString(),
                            "FAKETIME_TIMESTAMP_FILE",
                            clock(state).toString(),
                            // As a step of the host's clock: time that only runs on is left alone.
                            "FAKETIME_DONT_FAKE_MONOTONIC",
                            "1",
                            // Else timed waits of the JVM, which are by that time, end at once: its threads spin.
                            "FAKETIME_FORCE_MONOTONIC_FIX",
                            "0",
                            "FAKETIME_CACHE_DURATION",
                            "1"));
        }

        @Override
        String act(AllInOneStage stage) throws Exception {
            stage.awaitBusy();
            // The job lasts half a minute: as many steps as fit into it.
            for (int time = 0; time < 3; time++) {
                Files.writeString(clock(stage.directory()), "+3600\n");
                Thread.sleep(3_000);
                Files.writeString(clock(stage.directory()), "+0\n");
                Thread.sleep(3_000);
            }
            return "PostgreSQL and the emulators kept the host's clock";
        }
    };

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final String what;

    AllInOnePlay(String what) {
        this.what = what;
    }

    String what() {
        return what;
    }

    /** Prepares a directory for its state. @return why it cannot be played here */
    Optional<String> open(Path state) throws IOException {
        return Optional.empty();
    }

    AllInOneStage start(Path state) throws IOException {
        return new AllInOneStage(state, Map.of());
    }

    /** Played while a job runs. @return a detail for people */
    abstract String act(AllInOneStage stage) throws Exception;

    /** Gives back what {@link #open} took. */
    void shut(Path state) throws IOException {}

    private static boolean run(String... command) throws IOException {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .onExit()
                        .join()
                        .exitValue()
                == 0;
    }
}
