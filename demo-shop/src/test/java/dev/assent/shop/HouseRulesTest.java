package dev.assent.shop;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** The rules of the house for this module, each with a planted violation that it must catch. */
final class HouseRulesTest {
    private static final String REAL = "dev.assent.shop";
    private static final String PLANTED = REAL + ".planted";
    private static final JavaClasses ALL = new ClassFileImporter().importPackages(REAL);
    private static final DescribedPredicate<JavaClass> IS_PLANTED = DescribedPredicate.describe(
            "are planted", one -> one.getPackageName().startsWith(PLANTED));
    private static final DescribedPredicate<JavaClass> IS_TEST =
            DescribedPredicate.describe("are tests", one -> one.getSource()
                    .map(source -> source.getUri().toString().contains("/test-classes/"))
                    .orElse(false));

    private static JavaClasses production() {
        JavaClasses classes = ALL.that(DescribedPredicate.not(IS_TEST));
        assertThat(classes.size()).isGreaterThan(50);
        return classes;
    }

    private static void catches(ArchRule rule, String violator) {
        assertThat(rule.evaluate(ALL.that(IS_PLANTED)).getFailureReport().getDetails())
                .anySatisfy(detail -> assertThat(detail).contains(violator));
    }

    /** A service is started by the drills as a user would start it, and cannot tell a drill from the world. */
    private static ArchRule servicesUnawareIn(String root) {
        return noClasses()
                .that()
                .resideInAnyPackage(
                        root + ".order..",
                        root + ".inventory..",
                        root + ".payment..",
                        root + ".shipping..",
                        root + ".service..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        root + ".demo..", root + ".drills..", root + ".gray..", root + ".page..", root + ".platform..")
                .because("what is drilled must not know that it is");
    }

    /** They meet over HTTP and over topics only. */
    private static ArchRule servicesApartIn(String root) {
        return slices().matching(root + ".(order|inventory|payment|shipping)..")
                .namingSlices("service $1")
                .should()
                .notDependOnEachOther()
                .because("each is deployed by itself");
    }

    /** What joins a caller's transaction is plain JDBC; tries, in packages below, are a choice of their own. */
    private static ArchRule joinersPlainIn(String root) {
        return noClasses()
                .that()
                .resideInAnyPackage(root + ".inventory", root + ".payment")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.assent.tx..", "dev.assent.rm..", "jakarta.transaction..")
                .because("they show that a service takes part without knowing it");
    }

    /** Processes know nothing of what they are for. */
    private static ArchRule platformBelowIn(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + ".platform..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.assent.tx..", "dev.assent.rm..", "dev.assent.outbox..", root + ".demo..")
                .because("both the drills and the gray failures stand on it");
    }

    /** What stands on what is known: the shop's processes, then the drills on them, then the demo. */
    private static ArchRule withoutCirclesIn(String root) {
        return slices().matching(root + ".(**)")
                .should()
                .beFreeOfCycles()
                .because("a package is to be understood without those that stand on it");
    }

    @Test
    void services_do_not_know_what_drills_them() {
        servicesUnawareIn(REAL).check(production());
        catches(servicesUnawareIn(PLANTED), "KnowsTheDrill");
    }

    @Test
    void services_do_not_know_each_other() {
        servicesApartIn(REAL).check(production());
        catches(servicesApartIn(PLANTED), "KnowsTheDrill");
    }

    @Test
    void services_that_join_do_not_know_of_transactions() {
        joinersPlainIn(REAL).check(production());
        catches(joinersPlainIn(PLANTED), "KnowsTheTransaction");
    }

    @Test
    void the_platform_knows_nobody_who_stands_on_it() {
        platformBelowIn(REAL).check(production());
        catches(platformBelowIn(PLANTED), "KnowsTheShard");
    }

    @Test
    void no_two_packages_stand_on_each_other() {
        withoutCirclesIn(REAL).check(production());
        catches(withoutCirclesIn(PLANTED), "KnowsTheService");
    }
}
