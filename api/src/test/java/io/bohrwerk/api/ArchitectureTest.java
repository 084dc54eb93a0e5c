package io.bohrwerk.api;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter(
                    new java.util.ArrayList<>(java.util.List.of(new ImportOption.DoNotIncludeTests())))
            .importPackages("io.bohrwerk.api");

    @Test
    void featuresDoNotGoRoundInCircles() {
        slices().matching("io.bohrwerk.api.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void whatIsPureKnowsNeitherSpringNorPersistence() {
        noClasses()
                .that()
                .resideInAnyPackage("..strategy..", "..statistics..", "..signature..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "jakarta..", "org.hibernate..", "org.apache.kafka..")
                .check(CLASSES);
    }
}
