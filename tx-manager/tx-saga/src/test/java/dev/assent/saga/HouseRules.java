package dev.assent.saga;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Random;

/** The rules of this module, each applicable to the real packages and to planted ones under another root. */
final class HouseRules {
    private HouseRules() {}

    static ArchRule pureIn(String root) {
        return noClasses()
                .that()
                .resideInAnyPackage(root + ".model..", root + ".protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.io..",
                        "java.net..",
                        "java.nio.file..",
                        "java.util.concurrent..",
                        "java.sql..",
                        "java.time..",
                        "org.slf4j..",
                        "org.apache..")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.class, System.class, Random.class, HashMap.class, HashSet.class)
                .because("the simulation must be able to run them, and to run them twice alike");
    }

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

    static ArchRule noSleepIn(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .because("time proves nothing");
    }

    static ArchRule noSettingsIn(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .should()
                .callMethod(System.class, "getProperty", String.class)
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .because("a library does not look around by itself");
    }
}
