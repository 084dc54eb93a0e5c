package io.bohrwerk.emulator;

import io.bohrwerk.emulator.plugin.PluginBuild;
import io.bohrwerk.emulator.qemu.Confinement;
import io.bohrwerk.emulator.qemu.Installation;
import io.bohrwerk.emulator.qemu.PluginOptions;
import io.bohrwerk.emulator.qemu.Qemu;
import io.bohrwerk.emulator.qemu.QemuCommandLine;
import io.bohrwerk.emulator.qemu.QemuProbe;
import io.bohrwerk.emulator.qemu.Trouble;
import io.bohrwerk.protocol.batch.InfrastructureTrouble;
import io.bohrwerk.protocol.target.TargetMachine;
import io.bohrwerk.protocol.target.TargetManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** One QEMU of this host, for every architecture that it has, and the place where its machines live. Safe for many threads. */
public final class Emulator implements AutoCloseable {
    private final EmulatorSettings settings;
    private final Workspace workspace;
    private final Confinement confinement;
    private final Installation installation;
    private final Map<TargetMachine.Arch, Qemu> probed = new EnumMap<>(TargetMachine.Arch.class);
    private final Map<PluginBuild, Path> plugins = new EnumMap<>(PluginBuild.class);

    private Emulator(
            EmulatorSettings settings, Installation installation, Workspace workspace, Confinement confinement) {
        this.settings = settings;
        this.installation = installation;
        this.workspace = workspace;
        this.confinement = confinement;
    }

    /** The QEMU on the {@code PATH}. Also takes away what processes that died have left in the directory. */
    public static Emulator open(EmulatorSettings settings) throws IOException {
        return open(settings, Installation.SYSTEM);
    }

    /** As {@link #open(EmulatorSettings)}, with a QEMU of choice. */
    public static Emulator open(EmulatorSettings settings, Installation installation) throws IOException {
        Confinement confinement = Confinement.probe(settings.confinement());
        return new Emulator(
                settings, installation, Workspace.open(settings.directory().toAbsolutePath()), confinement);
    }

    /**
     * The version of the emulator for an architecture, for {@link io.bohrwerk.protocol.batch.Coordinates}.
     *
     * @throws InfrastructureException as {@link #qemu}
     */
    public String version(TargetMachine.Arch arch) throws InfrastructureException {
        return qemu(arch).version();
    }

    /**
     * The emulator for an architecture, and what it can do. Probed once.
     *
     * @throws InfrastructureException of kind {@code EMULATOR_UNFIT} when it is not there or cannot record and replay
     */
    public synchronized Qemu qemu(TargetMachine.Arch arch) throws InfrastructureException {
        Qemu known = probed.get(arch);
        if (known != null) {
            return known;
        }
        try {
            Path directory = workspace.newDirectory("probe");
            Qemu qemu = QemuProbe.probe(arch.qemuBinary(), directory, cell());
            probed.put(arch, qemu);
            Workspace.deleteTree(directory);
            return qemu;
        } catch (IOException e) {
            throw new InfrastructureException(
                    InfrastructureTrouble.DISK_FULL, "cannot make a directory for the probe: " + e, e);
        }
    }

    /** The options that shape a target's machine, for {@link io.bohrwerk.protocol.batch.Coordinates}. */
    public String machineOptions(TargetManifest manifest) throws InfrastructureException {
        boolean hpet = qemu(manifest.machine().arch()).hpet();
        return String.join(" ", QemuCommandLine.machineOptions(manifest, hpet));
    }

    /**
     * A machine for a target, with a private directory that is deleted when it is closed. Starts nothing yet.
     *
     * @throws InfrastructureException also of kind {@code EMULATOR_UNFIT} when the target has several CPUs and the emulator cannot run them
     */
    public Machine machine(TargetFiles target) throws InfrastructureException {
        TargetMachine.Arch arch = target.manifest().machine().arch();
        Qemu qemu = qemu(arch);
        int cpus = target.manifest().machine().cpus();
        if (cpus > 1 && !qemu.severalCpus()) {
            throw new InfrastructureException(
                    InfrastructureTrouble.EMULATOR_UNFIT,
                    "the target has " + cpus + " CPUs, and " + qemu.version()
                            + " does not let them take turns while it counts instructions: " + Qemu.SEVERAL_CPUS_SINCE
                            + " does");
        }
        try {
            Confinement.Cell cell = cell();
            lendPlugin(arch, cell);
            return new Machine(qemu, target, settings, workspace.newDirectory("machine"), cell);
        } catch (IOException e) {
            throw Trouble.of("cannot make a machine's directory", e);
        }
    }

    /**
     * Lets emulators in a cell load the plugin, as {@link PluginOptions#FILE}.
     *
     * @return whether there is one for this architecture's emulator; when not, it says so as it starts with the plugin
     */
    public boolean lendPlugin(TargetMachine.Arch arch, Confinement.Cell cell)
            throws InfrastructureException, IOException {
        PluginBuild build = PluginBuild.of(qemu(arch).pluginApi()).orElse(null);
        if (build != null) {
            cell.lend(PluginOptions.FILE, plugin(build));
        }
        return build != null;
    }

    private synchronized Path plugin(PluginBuild build) throws IOException {
        Path known = plugins.get(build);
        if (known == null) {
            known = build.extract(workspace.newDirectory("plugin"));
            plugins.put(build, known);
        }
        return known;
    }

    /** What one emulator may reach of this host, for those who start it by themselves. */
    public Confinement.Cell cell() {
        return confinement.cell(installation);
    }

    /** As {@link Confinement#millisPerStart}. */
    public double confinementMillis(int starts) throws IOException {
        return confinement.millisPerStart(starts);
    }

    /** A fresh private directory: deleted when this is closed, or by the next process when this one dies. */
    public Path newDirectory(String prefix) throws IOException {
        return workspace.newDirectory(prefix);
    }

    /** Deletes a directory of {@link #newDirectory} early. */
    public void removeDirectory(Path directory) throws IOException {
        Workspace.deleteTree(directory);
    }

    /** Deletes the machines' directories. Close the machines first. */
    @Override
    public void close() {
        workspace.close();
    }
}
