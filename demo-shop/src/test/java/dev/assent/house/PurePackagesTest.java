package dev.assent.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import dev.assent.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What the pure packages of all modules must not know. */
final class PurePackagesTest {
    /** Run by simulations, which must be able to run them twice alike. */
    private static final List<String> SIMULATED = List.of(
            "dev.assent.coordination.model..",
            "dev.assent.coordination.quorum..",
            "dev.assent.coordination.election..",
            "dev.assent.coordination.zab..",
            "dev.assent.tx.model..",
            "dev.assent.tx.protocol..",
            "dev.assent.tx.recovery..",
            "dev.assent.tx.shards..",
            "dev.assent.saga.model..",
            "dev.assent.saga.protocol..");

    private static final List<String> OTHERS = List.of(
            "dev.assent.invariants..",
            "dev.assent.spread..",
            "dev.assent.coordination.bytes..",
            "dev.assent.coordination.tree..",
            "dev.assent.outbox.model..",
            "dev.assent.outbox.policy..",
            "dev.assent.shop.drills.plan..");

    private static final String PLANTED = "dev.assent.house.planted.pure..";

    private static String[] all() {
        return java.util.stream.Stream.concat(SIMULATED.stream(), OTHERS.stream())
                .toArray(String[]::new);
    }

    private static GivenClassesConjunction noneOf(String... packages) {
        return noClasses().that().resideInAnyPackage(packages);
    }

    private static ArchRule noInputOrOutput(String... packages) {
        return noneOf(packages)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.net..",
                        "java.nio.file..",
                        "java.nio.channels..",
                        "java.sql..",
                        "javax.sql..",
                        "org.slf4j..",
                        "io.netty..",
                        "org.apache..",
                        "org.postgresql..")
                .because("what is read and written is brought in and carried out by the shell");
    }

    private static ArchRule noThreads(String... packages) {
        return noneOf(packages)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.concurrent..")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.class)
                .because("one thread at a time steps them");
    }

    private static ArchRule noClock(String... packages) {
        return noneOf(packages)
                .should()
                .accessTargetWhere(DescribedPredicate.describe(
                        "ask for the time",
                        (JavaAccess<?> access) -> (access.getTargetOwner().isEquivalentTo(System.class)
                                        && Set.of("nanoTime", "currentTimeMillis")
                                                .contains(access.getTarget().getName()))
                                || (access.getTargetOwner().isEquivalentTo(Instant.class)
                                        && access.getTarget().getName().equals("now"))))
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Clock.class, java.time.Clock.class)
                .because("the time is an input");
    }

    private static ArchRule noDice(String... packages) {
        return noneOf(packages)
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Random.class, java.security.SecureRandom.class)
                .orShould()
                .callMethod(UUID.class, "randomUUID")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(System.class, "identityHashCode", Object.class)
                .because("what is drawn is an input");
    }

    /** The immutable sets and maps of the JDK even change their order from one process to the next. */
    private static ArchRule definedOrder(String... packages) {
        return noneOf(packages)
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(HashMap.class, HashSet.class)
                .orShould()
                .callMethodWhere(DescribedPredicate.describe(
                        "are to factories of Map and Set",
                        call -> (call.getTargetOwner().isEquivalentTo(Map.class)
                                        || call.getTargetOwner().isEquivalentTo(Set.class))
                                && List.of("of", "copyOf", "ofEntries").contains(call.getName())))
                .because("a seed gives the same run again");
    }

    private static void holdsAndNotices(Function<String[], ArchRule> rule, String[] packages, String... violators) {
        rule.apply(packages).check(EveryModule.production());
        List<String> details = rule.apply(new String[] {PLANTED})
                .evaluate(EveryModule.planted())
                .getFailureReport()
                .getDetails();
        for (String violator : violators) {
            assertThat(details).anySatisfy(detail -> assertThat(detail).contains(violator));
        }
    }

    @Test
    void every_pure_package_is_there() {
        assertThat(Arrays.asList(all())).allSatisfy(name -> assertThat(
                        EveryModule.production().that(JavaClass.Predicates.resideInAPackage(name)))
                .as(name)
                .isNotEmpty());
    }

    @Test
    void they_read_and_write_nothing() {
        holdsAndNotices(PurePackagesTest::noInputOrOutput, all(), "Impure.knowsFiles");
    }

    @Test
    void they_know_no_threads() {
        holdsAndNotices(PurePackagesTest::noThreads, all(), "Impure.startsThreads");
    }

    @Test
    void they_know_no_clock() {
        holdsAndNotices(PurePackagesTest::noClock, all(), "Impure.readsTheClock", "Impure.readsIt");
    }

    @Test
    void they_roll_no_dice() {
        holdsAndNotices(PurePackagesTest::noDice, all(), "Impure.rollsDice");
    }

    @Test
    void what_is_simulated_iterates_in_a_defined_order() {
        holdsAndNotices(
                PurePackagesTest::definedOrder,
                SIMULATED.toArray(String[]::new),
                "Impure.<init>",
                "Impure.iteratesInNoOrder");
    }
}
