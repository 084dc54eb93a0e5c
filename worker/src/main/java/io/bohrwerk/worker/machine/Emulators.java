package io.bohrwerk.worker.machine;

import io.bohrwerk.emulator.Emulator;
import io.bohrwerk.emulator.EmulatorSettings;
import io.bohrwerk.emulator.InfrastructureException;
import io.bohrwerk.emulator.qemu.Installation;
import io.bohrwerk.emulator.qemu.Qemu;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.schedule.Release;
import io.bohrwerk.protocol.target.TargetMachine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The emulators of this worker, in the order in which they are preferred. Safe for many threads. */
public final class Emulators implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Emulators.class);

    /** One emulator for one architecture. */
    private record Offer(TargetMachine.Arch arch, String version, boolean severalCpus, Emulator emulator) {
        boolean serves(TargetMachine.Arch wanted, int cpus) {
            return arch == wanted && (cpus == 1 || severalCpus);
        }
    }

    private final List<Emulator> opened = new ArrayList<>();
    private final List<Offer> offers = new ArrayList<>();

    private Emulators() {}

    /**
     * Opens and tries each.
     *
     * @param installations the first serves every architecture; of the others, those for which they have a program
     * @throws InfrastructureException when one is unfit: a worker without an emulator that it was given would hand work to and fro
     */
    public static Emulators open(EmulatorSettings settings, List<Installation> installations)
            throws IOException, InfrastructureException {
        Emulators emulators = new Emulators();
        boolean good = false;
        try {
            for (Installation installation : installations) {
                Emulator emulator = Emulator.open(settings, installation);
                emulators.opened.add(emulator);
                boolean first = installation.equals(installations.get(0));
                for (TargetMachine.Arch arch : TargetMachine.Arch.values()) {
                    if (first || installation.serves(arch.qemuBinary())) {
                        emulators.offers.add(new Offer(
                                arch,
                                emulator.version(arch),
                                emulator.qemu(arch).severalCpus(),
                                emulator));
                    }
                }
            }
            good = true;
            return emulators;
        } finally {
            if (!good) {
                emulators.close();
            }
        }
    }

    /** Their versions, in their own words. */
    public String versions() {
        return offers.stream().map(Offer::version).distinct().collect(Collectors.joining("; "));
    }

    /** The versions of those that run guests of several CPUs, as {@link #versions}; null when none does. */
    @Nullable
    public String severalCpus() {
        String versions = offers.stream()
                .filter(Offer::severalCpus)
                .map(Offer::version)
                .distinct()
                .collect(Collectors.joining("; "));
        return versions.isEmpty() ? null : versions;
    }

    /**
     * The first that will do.
     *
     * @param wanted null for any
     * @throws InfrastructureException of kind {@code EMULATOR_MISSING} when there is none
     */
    public Emulator serving(TargetMachine machine, @Nullable Release wanted) throws InfrastructureException {
        return offers.stream()
                .filter(offer -> offer.serves(machine.arch(), machine.cpus())
                        && (wanted == null || wanted.servedBy(offer.version)))
                .findFirst()
                .orElseThrow(() -> new InfrastructureException(
                        InfrastructureTrouble.EMULATOR_MISSING,
                        (machine.severalCpus()
                                        ? "the guest has " + machine.cpus() + " CPUs, which needs "
                                                + Qemu.SEVERAL_CPUS_SINCE
                                                + (wanted == null ? "" : ", and the job asks for QEMU " + wanted)
                                        : "the job asks for QEMU " + wanted)
                                + ", and this worker has " + numbers(machine.arch())))
                .emulator;
    }

    /** The one of exactly this version. */
    public Optional<Emulator> of(TargetMachine.Arch arch, String version) {
        return offers.stream()
                .filter(offer -> offer.arch == arch && offer.version.equals(version))
                .findFirst()
                .map(Offer::emulator);
    }

    /** What it has for an architecture, for people. */
    public String versions(TargetMachine.Arch arch) {
        return offers.stream()
                .filter(offer -> offer.arch == arch)
                .map(Offer::version)
                .collect(Collectors.joining("; "));
    }

    private String numbers(TargetMachine.Arch arch) {
        return offers.stream()
                .filter(offer -> offer.arch == arch)
                .map(offer -> Release.in(offer.version))
                .distinct()
                .collect(Collectors.joining(", "));
    }

    @Override
    public void close() {
        for (Emulator emulator : opened) {
            try {
                emulator.close();
            } catch (RuntimeException e) {
                log.warn("while stopping: {}", e.toString());
            }
        }
    }
}
