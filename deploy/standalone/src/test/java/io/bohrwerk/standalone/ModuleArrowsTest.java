package io.bohrwerk.standalone;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The module arrows of the design: {@code ui -HTTP-> api -> protocol <- emulator <- worker}, {@code worker -> protocol}. No other. */
class ModuleArrowsTest {
    /** A benchmark's million of rows does not come by REST. */
    private static final String FILLS_A_DATABASE = "io\\.bohrwerk\\.standalone\\.bench\\.Dashboard.*";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.bohrwerk");

    @Test
    void arrowsBetweenModules() {
        // Layers below an empty class path would hold for any code.
        for (String module : new String[] {"protocol", "emulator", "worker", "api", "embedded", "standalone"}) {
            assertThat(CLASSES.that(resideInAPackage("io.bohrwerk." + module + "..")))
                    .as(module)
                    .isNotEmpty();
        }
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("io.bohrwerk..")
                .layer("protocol")
                .definedBy("io.bohrwerk.protocol..")
                .layer("emulator")
                .definedBy("io.bohrwerk.emulator..")
                .layer("worker")
                .definedBy("io.bohrwerk.worker..")
                .layer("api")
                .definedBy("io.bohrwerk.api..")
                .layer("embedded")
                .definedBy("io.bohrwerk.embedded..")
                .layer("standalone")
                .definedBy("io.bohrwerk.standalone..")
                .whereLayer("protocol")
                .mayNotAccessAnyLayer()
                .whereLayer("emulator")
                .mayOnlyAccessLayers("protocol")
                .whereLayer("worker")
                .mayOnlyAccessLayers("protocol", "emulator")
                .whereLayer("api")
                .mayOnlyAccessLayers("protocol")
                .whereLayer("embedded")
                .mayNotAccessAnyLayer()
                .ensureAllClassesAreContainedInArchitecture()
                .check(CLASSES);
    }

    @Test
    void wordsAndEmulatorNeedNoFramework() {
        noClasses()
                .that()
                .resideInAnyPackage("io.bohrwerk.protocol..", "io.bohrwerk.emulator..")
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

    @Test
    void emulatorsPackagesFormNoCircle() {
        circles("io.bohrwerk.emulator.(*)..");
    }

    @Test
    void protocolsPackagesFormNoCircle() {
        circles("io.bohrwerk.protocol.(*)..");
    }

    @Test
    void workersPackagesFormNoCircle() {
        circles("io.bohrwerk.worker.(*)..");
    }

    @Test
    void apisPackagesFormNoCircle() {
        circles("io.bohrwerk.api.(*)..");
    }

    @Test
    void standalonesPackagesFormNoCircle() {
        circles("io.bohrwerk.standalone.(*)..");
    }

    private static void circles(String packages) {
        slices().matching(packages)
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(CLASSES);
    }
}
