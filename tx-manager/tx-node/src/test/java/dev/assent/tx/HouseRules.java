package dev.assent.tx;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.lang.ArchRule;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Random;

/** The rules of this module, each applicable to the real packages and to planted ones under another root. */
final class HouseRules {
    private HouseRules() {}

    /** Pure packages: no I/O, clock, thread, lock, randomness or logging. */
    static ArchRule pureIn(String root) {
        return noClasses()
                .that()
                .resideInAnyPackage(root + ".model..", root + ".protocol..", root + ".recovery..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
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

    /** The nouns know nobody of ours. */
    static ArchRule modelAloneIn(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + ".model..")
                .should()
                .dependOnClassesThat(resideInAPackage(root + "..").and(DescribedNot.in(root + ".model..")))
                .because("everything else is built on them");
    }

    /** The protocol knows the nouns only. */
    static ArchRule protocolOnModelIn(String root) {
        return noClasses()
                .that()
                .resideInAnyPackage(root + ".protocol..", root + ".recovery..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        root + ".spi..",
                        root + ".store..",
                        root + ".coordinator..",
                        root + ".remote..",
                        root + ".api..")
                .because("decisions are taken without knowing who carries them out");
    }

    /** Each protocol has a room of its own. */
    static ArchRule protocolsApartIn(String root) {
        return slices().matching(root + ".protocol.(*)..")
                .should()
                .notDependOnEachOther()
                .because("a new protocol changes no other one");
    }

    /** What protocols share does not know who shares it. */
    static ArchRule seamKnowsNoProtocolIn(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + ".protocol")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(root + ".protocol.*..")
                .because("a protocol is chosen where it is run, by its authority");
    }

    /** JTA lives with the adapters. */
    static ArchRule noJakartaIn(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jakarta..")
                .because("the transaction core runs without any of it");
    }

    /** Waiting is for a condition, never for time to pass; tests too. */
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

    /** Settings come in through Main. */
    static ArchRule settingsInMainOnlyIn(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .and()
                .haveSimpleNameNotEndingWith("Main")
                .and()
                .haveSimpleNameNotEndingWith("Test")
                .should()
                .callMethod(System.class, "getProperty", String.class)
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .because("a library does not look around by itself");
    }

    /** The ZooKeeper client stays behind the store's classes. */
    static ArchRule zooKeeperInStoreOnlyIn(String root) {
        return classes()
                .that()
                .resideInAPackage(root + "..")
                .and()
                .resideOutsideOfPackages(root + ".store..", root + ".node..", root + ".testing..")
                .should()
                .onlyDependOnClassesThat(DescribedNot.in("org.apache.zookeeper.."))
                .because("only the store knows what an answer of the ensemble proves");
    }
}
