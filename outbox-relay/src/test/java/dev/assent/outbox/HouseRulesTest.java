package dev.assent.outbox;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.assent.time.Clock;
import org.junit.jupiter.api.Test;

/** The rules of the house for this module, each with a planted violation that it must catch. */
final class HouseRulesTest {
    private static final String OURS = "dev.assent.outbox";

    private static final ArchRule PURE = noClasses()
            .that()
            .resideInAnyPackage(OURS + ".model..", OURS + ".policy..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.net..",
                    "java.nio.file..",
                    "java.util.concurrent..",
                    "java.sql..",
                    "javax.sql..",
                    "org.slf4j..",
                    "org.apache..",
                    "org.postgresql..")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Thread.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class)
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(java.util.UUID.class, "randomUUID");

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

    private static final ArchRule AWAKE = noClasses().should().callMethod(Thread.class, "sleep", long.class);

    private static final ArchRule SETTINGS_IN_MAIN = noClasses()
            .that()
            .doNotHaveSimpleName("Main")
            .should()
            .callMethod(System.class, "getProperty", String.class)
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .orShould()
            .callMethod(System.class, "exit", int.class);

    private static final ArchRule NAMES = noClasses()
            .should()
            .haveSimpleNameEndingWith("Impl")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager");

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

    private static JavaClasses withTests() {
        return ALL.that(DescribedPredicate.not(PLANTED));
    }

    private static JavaClasses planted() {
        return ALL.that(PLANTED);
    }

    private static void catches(ArchRule rule, String violator) {
        assertThat(rule.evaluate(planted()).getFailureReport().getDetails())
                .anySatisfy(detail -> assertThat(detail).contains(violator));
    }

    @Test
    void model_and_policy_are_pure() {
        PURE.check(production());
        catches(PURE, "ReadsTheClock");
    }

    @Test
    void the_pure_packages_know_nobody_above_them() {
        LAYERS.check(production());
        MODEL.check(production());
        SPI.check(production());
        catches(LAYERS, "KnowsTheStore");
    }

    @Test
    void the_transaction_manager_is_never_used() {
        WITHOUT_THE_COORDINATOR.check(production());
        catches(WITHOUT_THE_COORDINATOR, "KnowsTheCoordinator");
    }

    @Test
    void nobody_sleeps_tests_included() {
        AWAKE.check(withTests());
        catches(AWAKE, "SleepsManager");
    }

    @Test
    void settings_come_from_main_only() {
        SETTINGS_IN_MAIN.check(production());
        catches(SETTINGS_IN_MAIN, "SleepsManager");
    }

    @Test
    void names_say_something() {
        NAMES.check(withTests());
        catches(NAMES, "SleepsManager");
    }
}
