package io.bohrwerk.standalone;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** The word for trouble lies in the root package, which is the door; every package may say it. */
    private static final Set<String> WORDS_OF_ALL = Set.of("io.bohrwerk.emulator.InfrastructureException");

    /** Modules whose root package is a door onto the others: it takes part in the circles. */
    @ParameterizedTest
    @ValueSource(strings = {"protocol", "emulator", "worker", "api", "standalone"})
    void packagesFormNoCircle(String module) {
        String root = "io.bohrwerk." + module;
        JavaClasses classes = CLASSES.that(resideInAPackage(root + ".."));
        assertThat(classes.stream().map(JavaClass::getPackageName).distinct())
                .as("packages of " + module)
                .hasSizeGreaterThan(1);
        slices().assignedFrom(packagesOf(root)).should().beFreeOfCycles().check(classes);
    }

    private static SliceAssignment packagesOf(String root) {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                String name = type.getPackageName();
                boolean ours = name.equals(root) || name.startsWith(root + ".");
                return ours && !WORDS_OF_ALL.contains(type.getName())
                        ? SliceIdentifier.of(name.equals(root) ? "(root)" : name.substring(root.length() + 1).split("\\.")[0])
                        : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "packages of " + root;
            }
        };
    }
}
