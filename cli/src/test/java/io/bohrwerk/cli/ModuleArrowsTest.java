package io.bohrwerk.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(strings = {"protocol", "mergedlog", "emulator", "worker", "api", "bench", "cli"})
    void packagesOfAModuleFormNoCircle(String module) {
        slices().matching("io.bohrwerk." + module + ".(*)..")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }
}
