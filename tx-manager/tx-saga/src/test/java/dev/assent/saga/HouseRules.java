package dev.assent.saga;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;

/** The rules of this module, each applicable to the real packages and to planted ones under another root. */
final class HouseRules {
    private HouseRules() {}

    static ArchRule modelAloneIn(String root) {
        return seesOnly(root, root + ".model..", root + ".model..").because("everything else is built on it");
    }

    static ArchRule protocolOnModelIn(String root) {
        return seesOnly(root, root + ".protocol..", root + ".model..", root + ".protocol..")
                .because("it decides without knowing who carries that out");
    }

    /** So that the simulation can run it. */
    static ArchRule engineOnContractsIn(String root) {
        return seesOnly(
                        root,
                        root + ".engine..",
                        root + ".model..",
                        root + ".protocol..",
                        root + ".spi..",
                        root + ".api..",
                        root + ".engine..")
                .because("its store and its time are given to it");
    }

    private static ArchRule seesOnly(String root, String who, String... whom) {
        return noClasses()
                .that()
                .resideInAPackage(who)
                .should()
                .dependOnClassesThat(resideInAPackage(root + "..")
                        .and(not(resideInAnyPackage(whom)))
                        .as("reside in " + root + " outside of " + Arrays.toString(whom)));
    }

    static ArchRule storeInOnePlaceIn(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .and()
                .resideOutsideOfPackages(root, root + ".store..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.assent.store..", "org.apache.zookeeper..")
                .because("only the store's package knows what an answer of the ensemble proves");
    }

    static ArchRule databasesInOnePlaceIn(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .and()
                .resideOutsideOfPackage(root + ".jdbc..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..")
                .because("what is called is the application's");
    }
}
