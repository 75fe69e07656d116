package dev.assent.house;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import dev.assent.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Rules for every class of every module. */
final class EveryModuleTest {
    /** Drills measure real processes from outside: there is nothing to run them on but this machine. */
    private static final String[] DRILLS = {
        "dev.assent.shop.demo..",
        "dev.assent.shop.drills.run..",
        "dev.assent.shop.drills.shop..",
        "dev.assent.shop.drills.system..",
        "dev.assent.shop.gray..",
        "dev.assent.shop.saga..",
        "dev.assent.shop.soak..",
        "dev.assent.shop.takeover..",
        "dev.assent.shop.tcc.."
    };

    private static final ArchRule AWAKE = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", long.class, int.class)
            .because("time proves nothing");

    private static final ArchRule NAMES = noClasses()
            .that(DescribedPredicate.describe(
                    "are no resource managers, which is X/Open's word",
                    (JavaClass one) -> !one.getSimpleName().endsWith("ResourceManager")))
            .should()
            .haveSimpleNameEndingWith("Impl")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .because("a name says what a class is for");

    private static final ArchRule SETTINGS_IN_MAIN = noClasses()
            .that()
            .haveSimpleNameNotEndingWith("Main")
            .and()
            .resideOutsideOfPackage("dev.assent.command")
            .should()
            .callMethodWhere(systems("getProperty", "getenv", "setProperty"))
            .because("what looks around by itself cannot be tried twice alike");

    private static final ArchRule ONE_WAY_OUT = noClasses()
            .that()
            .resideOutsideOfPackage("dev.assent.command")
            .should()
            .callMethodWhere(systems("exit"))
            .because("signals, exit codes and where the log goes are alike for all");

    private static final ArchRule ONE_CLOCK = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(Clock.class.getName())
            .and()
            .resideOutsideOfPackages(DRILLS)
            .should()
            .accessTargetWhere(systems("nanoTime", "currentTimeMillis"))
            .orShould()
            .accessTargetWhere(DescribedPredicate.describe(
                    "asks for the present instant",
                    (JavaAccess<?> access) -> access.getTargetOwner().isEquivalentTo(Instant.class)
                            && access.getTarget().getName().equals("now")))
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(java.time.Clock.class)
            .because("whoever is given a clock can be run on another");

    private static final ArchRule NO_STATE_IN_STATICS = fields().that()
            .areStatic()
            .and()
            .areDeclaredInClassesThat(
                    DescribedPredicate.describe("are not generated", (JavaClass one) -> !one.getPackageName()
                            .equals("dev.assent.tx.remote.wire")))
            .should()
            .haveModifier(FINAL)
            .because("two of whatever it is must be able to live in one process");

    /** It lies beside what it starts, and sees whatever that is joined to. */
    private static final DescribedPredicate<JavaClass> PUTS_A_PROCESS_TOGETHER =
            DescribedPredicate.describe("is a Main", one -> one.getSimpleName().equals("Main"));

    private static ArchRule noCirclesIn(String packages) {
        return slices().matching(packages)
                .should()
                .beFreeOfCycles()
                .ignoreDependency(PUTS_A_PROCESS_TOGETHER, alwaysTrue())
                .because("what cannot be read by itself cannot be understood by itself");
    }

    private static DescribedPredicate<JavaAccess<?>> systems(String... methods) {
        return DescribedPredicate.describe(
                "are to System." + String.join(", ", methods),
                (JavaAccess<?> access) -> access.getTargetOwner().isEquivalentTo(System.class)
                        && List.of(methods).contains(access.getTarget().getName()));
    }

    private static void catches(ArchRule rule, String... violators) {
        List<String> details =
                rule.evaluate(EveryModule.planted()).getFailureReport().getDetails();
        for (String violator : violators) {
            assertThat(details).as("what is found among what was planted").anySatisfy(detail -> assertThat(detail)
                    .contains(violator));
        }
    }

    private static Set<String> packages(JavaClasses classes) {
        return classes.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
    }

    @Test
    void no_module_is_left_out() {
        assertThat(packages(EveryModule.production()))
                .contains(
                        "dev.assent.time",
                        "dev.assent.coordination.zab",
                        "dev.assent.store",
                        "dev.assent.tx.node",
                        "dev.assent.saga.engine",
                        "dev.assent.rm.atomikos",
                        "dev.assent.rm.operator",
                        "dev.assent.outbox.relay",
                        "dev.assent.shop.order")
                .doesNotContain("dev.assent.tx.testing", "dev.assent.rm.testing", "dev.assent.tx.sim");
        assertThat(packages(EveryModule.everything()))
                .contains("dev.assent.tx.testing", "dev.assent.rm.testing", "dev.assent.tx.sim", "dev.assent.rm.bench")
                .doesNotContain("dev.assent.house.planted");
    }

    @Test
    void nobody_sleeps_tests_included() {
        AWAKE.check(EveryModule.everything());
        catches(AWAKE, "SleepsManager");
    }

    @Test
    void names_say_something_tests_included() {
        NAMES.check(EveryModule.everything());
        catches(NAMES, "SleepsManager");
    }

    @Test
    void settings_come_from_mains_only() {
        SETTINGS_IN_MAIN.check(EveryModule.production());
        catches(SETTINGS_IN_MAIN, "System.getenv", "System.getProperty");
    }

    @Test
    void processes_end_alike() {
        ONE_WAY_OUT.check(EveryModule.production());
        catches(ONE_WAY_OUT, "AsksTheMachine.ends()");
    }

    @Test
    void one_clock_alone_asks_the_machine_for_the_time() {
        ONE_CLOCK.check(EveryModule.production());
        catches(
                ONE_CLOCK,
                "AsksTheMachine.asks()",
                "AsksTheMachine.hands()",
                "AsksTheMachine.asksTheJdk",
                "Impure.readsIt");
        assertThat(EveryModule.production().contain(Clock.class))
                .as("the clock is among those looked at")
                .isTrue();
    }

    @Test
    void no_packages_know_each_other_in_a_circle() {
        noCirclesIn("dev.assent.(**)").check(EveryModule.production());
        catches(noCirclesIn("dev.assent.house.(**)"), "GoesAround");
    }

    @Test
    void statics_hold_no_state() {
        NO_STATE_IN_STATICS.check(EveryModule.production());
        catches(NO_STATE_IN_STATICS, "SleepsManager.naps");
    }
}
