package dev.assent.tx;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.ClassesShouldConjunction;
import java.util.List;

/** The rules of this module, each applicable to the real packages and to planted ones under another root. */
final class HouseRules {
    private HouseRules() {}

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
                                root + ".news..",
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
