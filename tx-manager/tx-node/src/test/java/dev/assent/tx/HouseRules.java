package dev.assent.tx;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.ClassesShouldConjunction;
import dev.assent.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Random;

/** The rules of this module, each applicable to the real packages and to planted ones under another root. */
final class HouseRules {
    private HouseRules() {}

    /** Pure packages: no I/O, clock, thread, lock, randomness or logging. */
    static ArchRule pureIn(String root) {
        return noClasses()
                .that()
                .resideInAnyPackage(root + ".model..", root + ".protocol..", root + ".recovery..", root + ".shards..")
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
                .belongToAnyOf(Thread.class, System.class, Clock.class, Random.class, HashMap.class, HashSet.class)
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

    /** Who leads what is decided without knowing anybody. */
    static ArchRule shardsAloneIn(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + ".shards..")
                .should()
                .dependOnClassesThat(resideInAPackage(root + "..").and(DescribedNot.in(root + ".shards..")))
                .because("the store and the links are given to it as what it sees");
    }

    /** The protocol knows the nouns only. */
    static ArchRule protocolOnModelIn(String root) {
        return noClasses()
                .that()
                .resideInAnyPackage(root + ".protocol..", root + ".recovery..")
                .should()
                .dependOnClassesThat(resideInAPackage(root + "..")
                        .and(not(resideInAnyPackage(root + ".model..", root + ".protocol..", root + ".recovery.."))))
                .because("decisions are taken without knowing who carries them out");
    }

    /** The coordinator stands on contracts and pure classes. */
    static ArchRule coordinatorOnContractsIn(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + ".coordinator..")
                .should()
                .dependOnClassesThat(resideInAPackage(root + "..")
                        .and(DescribedNot.in(
                                root + ".coordinator..",
                                root + ".model..",
                                root + ".protocol..",
                                root + ".recovery..",
                                root + ".shards..",
                                root + ".spi..",
                                root + ".api..",
                                root + ".end..",
                                root + ".bulkhead..",
                                root + ".admin..")))
                .because("its store is given to it, and its participants may live anywhere");
    }

    /** Each protocol has a room of its own; a Paxos register is something to decide in, and no protocol. */
    static ArchRule protocolsApartIn(String root) {
        return slices().matching(root + ".protocol.(*)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency(alwaysTrue(), resideInAPackage(root + ".protocol.paxos.."))
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

    static ArchRule noStoresLibraryIn(String root) {
        return confined(root, List.of("org.apache.zookeeper..", "org.apache.curator.."), "dev.assent.store..")
                .because("one client knows what an answer of the ensemble proves");
    }

    static ArchRule storesClientInStoreOnlyIn(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .and()
                .resideOutsideOfPackages(root + ".store..", root + ".service..", root + ".node..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.assent.store..")
                .because(
                        "the contracts stand between the store and everybody else; who puts a process together names its"
                                + " address");
    }

    static ArchRule serversInNodesOnlyIn(String root) {
        return confined(root, List.of("dev.assent.coordination..", "picocli.."), root + ".node..")
                .because("who is a client of coordinator nodes, or of a store, carries no server");
    }

    static ArchRule networkInRemoteOnlyIn(String root) {
        return confined(root, List.of("io.grpc..", "com.google.protobuf.."), root + ".remote..")
                .because("who decides in his own process need not know the wire");
    }

    private static ClassesShouldConjunction confined(String root, List<String> libraries, String home) {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .and()
                .resideOutsideOfPackage(home)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries.toArray(String[]::new));
    }
}
