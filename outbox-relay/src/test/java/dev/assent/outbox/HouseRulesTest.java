package dev.assent.outbox;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The rules of the house for this module, each with a planted violation that it must catch. */
final class HouseRulesTest {
    private static final String OURS = "dev.assent.outbox";

    private static final ArchRule LAYERS = classes()
            .that()
            .resideInAnyPackage(OURS + ".model..", OURS + ".policy..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(OURS + ".model..", OURS + ".policy..", "dev.assent.time", "java..", "org.jspecify..");

    private static final ArchRule MODEL = classes()
            .that()
            .resideInAPackage(OURS + ".model..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(OURS + ".model..", "java..", "org.jspecify..");

    private static final ArchRule SPI = classes()
            .that()
            .resideInAPackage(OURS + ".spi..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(OURS + ".model..", OURS + ".policy..", OURS + ".spi..", "java..", "org.jspecify..");

    private static final ArchRule WITHOUT_THE_COORDINATOR = noClasses()
            .that()
            .resideInAPackage(OURS + "..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.assent.tx..");

    private static final JavaClasses ALL = new ClassFileImporter().importPackages(OURS);
    private static final DescribedPredicate<JavaClass> PLANTED = DescribedPredicate.describe(
            "are planted", one -> one.getPackageName().endsWith(".planted"));
    private static final DescribedPredicate<JavaClass> TESTS =
            DescribedPredicate.describe("are tests", one -> one.getSource()
                    .map(source -> source.getUri().toString().contains("/test-classes/"))
                    .orElse(false));

    private static JavaClasses production() {
        JavaClasses classes = ALL.that(DescribedPredicate.not(TESTS));
        assertThat(classes.size()).isGreaterThan(50);
        return classes;
    }

    private static JavaClasses planted() {
        return ALL.that(PLANTED);
    }

    private static void catches(ArchRule rule, String violator) {
        assertThat(rule.evaluate(planted()).getFailureReport().getDetails())
                .anySatisfy(detail -> assertThat(detail).contains(violator));
    }

    @Test
    void the_pure_packages_know_nobody_above_them() {
        LAYERS.check(production());
        MODEL.check(production());
        SPI.check(production());
        catches(LAYERS, "KnowsTheStore");
        catches(MODEL, "KnowsThePolicy");
        catches(SPI, "KnowsTheDatabase");
    }

    @Test
    void the_transaction_manager_is_never_used() {
        WITHOUT_THE_COORDINATOR.check(production());
        catches(WITHOUT_THE_COORDINATOR, "KnowsTheCoordinator");
    }
}
