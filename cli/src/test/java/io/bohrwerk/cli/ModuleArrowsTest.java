package io.bohrwerk.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which module may use which, and that the packages of none form a circle. */
class ModuleArrowsTest {
    /** A benchmark's million of rows does not come by REST. */
    private static final String FILLS_A_DATABASE = "io\\.bohrwerk\\.bench\\.Dashboard.*";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.bohrwerk");

    /** What each module may use; those at the end put the others together. */
    private static final Map<String, String[]> ARROWS = Map.ofEntries(
            entry("protocol"),
            entry("blob", "protocol"),
            entry("mergedlog", "protocol", "blob"),
            entry("telemetry", "protocol"),
            entry("emulator", "protocol", "mergedlog"),
            entry("worker", "protocol", "blob", "mergedlog", "telemetry", "emulator"),
            entry("api", "protocol", "blob", "mergedlog", "telemetry"),
            entry("embedded"),
            entry("client", "protocol", "emulator"),
            entry("server", "protocol", "blob", "emulator", "worker", "api", "embedded"),
            entry(
                    "bench",
                    "protocol",
                    "blob",
                    "mergedlog",
                    "emulator",
                    "worker",
                    "api",
                    "embedded",
                    "client",
                    "server"),
            entry("cli", "protocol", "emulator", "client", "server", "bench"));

    private static Map.Entry<String, String[]> entry(String module, String... uses) {
        return Map.entry(module, uses);
    }

    @Test
    void arrowsBetweenModules() {
        LayeredArchitecture arrows = layeredArchitecture().consideringOnlyDependenciesInAnyPackage("io.bohrwerk..");
        for (String module : ARROWS.keySet()) {
            // Layers below an empty class path would hold for any code.
            assertThat(CLASSES.that(resideInAPackage("io.bohrwerk." + module + "..")))
                    .as(module)
                    .isNotEmpty();
            arrows = arrows.layer(module).definedBy("io.bohrwerk." + module + "..");
        }
        for (Map.Entry<String, String[]> module : ARROWS.entrySet()) {
            arrows = module.getValue().length == 0
                    ? arrows.whereLayer(module.getKey()).mayNotAccessAnyLayer()
                    : arrows.whereLayer(module.getKey()).mayOnlyAccessLayers(module.getValue());
        }
        arrows.ensureAllClassesAreContainedInArchitecture().check(CLASSES);
    }

    @Test
    void wordsAndEmulatorNeedNoFramework() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.bohrwerk.protocol..",
                        "io.bohrwerk.blob..",
                        "io.bohrwerk.mergedlog..",
                        "io.bohrwerk.telemetry..",
                        "io.bohrwerk.emulator..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework..", "org.apache.kafka..", "jakarta.persistence..", "org.hibernate..")
                .check(CLASSES);
    }

    @Test
    void onlyTheApiKnowsTheDatabase() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.bohrwerk.api..", "io.bohrwerk.embedded..")
                .and()
                .haveNameNotMatching(FILLS_A_DATABASE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "jakarta.persistence..", "org.postgresql..")
                .check(CLASSES);
    }

    /** Between the packages directly below a module's root, and the root package, which takes part like any other. */
    @ParameterizedTest
    @MethodSource("modules")
    void packagesOfAModuleFormNoCircle(String module) {
        slices().assignedFrom(new Packages("io.bohrwerk." + module))
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }

    static Set<String> modules() {
        return ARROWS.keySet();
    }

    /** A check that saw no packages would hold for any code. */
    @Test
    void theCheckForCirclesSeesThePackages() {
        Packages packages = new Packages("io.bohrwerk.emulator");
        assertThat(CLASSES.stream().map(packages::getIdentifierOf).distinct())
                .contains(SliceIdentifier.of("(root)"), SliceIdentifier.of("qemu"), SliceIdentifier.of("debug"));
    }

    private record Packages(String root) implements SliceAssignment {
        /** It lies in a root package, which is the door, but every package says it. */
        private static final String WORD_OF_ALL = "io.bohrwerk.emulator.InfrastructureException";

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            String name = type.getPackageName();
            if (type.getName().equals(WORD_OF_ALL) || !(name + ".").startsWith(root + ".")) {
                return SliceIdentifier.ignore();
            }
            return SliceIdentifier.of(
                    name.equals(root)
                            ? "(root)"
                            : name.substring(root.length() + 1).split("\\.")[0]);
        }

        @Override
        public String getDescription() {
            return "packages of " + root;
        }
    }
}
