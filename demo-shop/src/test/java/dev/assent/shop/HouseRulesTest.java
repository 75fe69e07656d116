package dev.assent.shop;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of the house for this module, each with a planted violation that it must catch. */
final class HouseRulesTest {
    private static final String REAL = "dev.assent.shop";
    private static final String PLANTED = REAL + ".planted";
    private static final int LINES_MAX = 600;
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

    private static JavaClasses withTests() {
        return ALL.that(DescribedPredicate.not(IS_PLANTED));
    }

    private static void catches(ArchRule rule, String violator) {
        assertThat(rule.evaluate(ALL.that(IS_PLANTED)).getFailureReport().getDetails())
                .anySatisfy(detail -> assertThat(detail).contains(violator));
    }

    /** A service is started by the drills as a user would start it, and cannot tell a drill from the world. */
    private static ArchRule servicesUnawareIn(String root) {
        return noClasses()
                .that()
                .resideInAnyPackage(root + ".order..", root + ".inventory..", root + ".payment..", root + ".service..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(root + ".drill..", root + ".gray..", root + ".platform..")
                .because("what is drilled must not know that it is");
    }

    /** They meet over HTTP and over topics only. */
    private static ArchRule servicesApartIn(String root) {
        return slices().matching(root + ".(order|inventory|payment)..")
                .namingSlices("service $1")
                .should()
                .notDependOnEachOther()
                .because("each is deployed by itself");
    }

    /** What joins a caller's transaction is plain JDBC. */
    private static ArchRule joinersPlainIn(String root) {
        return noClasses()
                .that()
                .resideInAnyPackage(root + ".inventory..", root + ".payment..")
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
                .resideInAnyPackage("dev.assent.tx..", "dev.assent.rm..", "dev.assent.outbox..", root + ".drill..")
                .because("both the drills and the gray failures stand on it");
    }

    private static final ArchRule AWAKE = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", long.class, int.class)
            .because("time proves nothing");

    private static final ArchRule SETTINGS_IN_MAIN = noClasses()
            .that()
            .haveSimpleNameNotEndingWith("Main")
            .should()
            .callMethod(System.class, "getProperty", String.class)
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .orShould()
            .callMethod(System.class, "exit", int.class)
            .because("what looks around by itself cannot be tried twice alike");

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
            .haveSimpleNameEndingWith("Manager")
            .because("a name says what a class is for");

    /** Servers of Apache ZooKeeper, which tests run against, are something else. */
    private static final ArchRule ONE_CLIENT = noClasses()
            .that()
            .resideOutsideOfPackage("dev.assent.store")
            .should()
            .dependOnClassesThat(DescribedPredicate.describe(
                    "are of the store's library or of Curator",
                    (JavaClass one) -> one.getPackageName().startsWith("org.apache.curator")
                            || (one.getPackageName().startsWith("org.apache.zookeeper")
                                    && !one.getPackageName().startsWith("org.apache.zookeeper.server"))))
            .because("one package knows what an answer of the store proves");

    /** Drills measure real processes from outside, as benches do: there is nothing to run them on but this machine. */
    private static final ArchRule ONE_CLOCK = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.assent.time.Clock")
            .and()
            .resideOutsideOfPackages(
                    REAL + ".drill..", REAL + ".gray..", REAL + ".saga..", REAL + ".takeover..", REAL + ".tcc..")
            .should()
            .accessTargetWhere(DescribedPredicate.describe(
                    "asks the machine what time it is",
                    (JavaAccess<?> access) -> access.getTargetOwner().isEquivalentTo(System.class)
                            && (access.getTarget().getName().equals("nanoTime")
                                    || access.getTarget().getName().equals("currentTimeMillis"))))
            .because("whoever is given a clock can be run on another");

    /** Signals, exit codes and where the log goes are alike for all. */
    private static final ArchRule ONE_WAY_OUT = noClasses()
            .that()
            .haveSimpleNameNotEndingWith("Main")
            .and()
            .resideOutsideOfPackage("dev.assent.command")
            .should()
            .callMethod(System.class, "exit", int.class)
            .because("a process ends where it began");

    /** The term of X/Open's model for who holds a branch. */
    private static final DescribedPredicate<JavaClass> HAS_XOPENS_NAME = DescribedPredicate.describe(
            "are resource managers", one -> one.getSimpleName().endsWith("ResourceManager"));

    private static JavaClasses everybody() {
        return Everybody.CLASSES;
    }

    /** Read once, when a rule needs them first. */
    private static final class Everybody {
        private static final JavaClasses CLASSES = imported();
    }

    /** Of all modules; one that is not compiled would be left out without a word. */
    private static JavaClasses imported() {
        List<Path> built = new ArrayList<>();
        for (String group : List.of("..", "../coordination-core", "../tx-manager", "../rm-adapters")) {
            try (Stream<Path> modules = Files.list(Path.of(group))) {
                modules.filter(module -> Files.isDirectory(module.resolve("src/main/java")))
                        .map(module -> module.resolve("target/classes"))
                        .forEach(built::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        assertThat(built).as("compiled, with -am").hasSizeGreaterThan(15).allSatisfy(classes -> assertThat(classes)
                .isDirectory());
        // The stores that tests of other modules run against end and expire sessions from the inside.
        return new ClassFileImporter()
                .withImportOption(location -> !location.contains("/tx-testing/") && !location.contains("/rm-testing/"))
                .importPaths(built);
    }

    @Test
    void exactly_one_package_talks_to_the_stores_library() {
        JavaClasses everybody = everybody();
        ONE_CLIENT.check(everybody);
        catches(ONE_CLIENT, "TalksToTheStore");
        assertThat(noClasses()
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.apache.zookeeper..")
                        .evaluate(everybody)
                        .hasViolation())
                .as("that package is among those looked at")
                .isTrue();
    }

    @Test
    void one_clock_alone_asks_the_machine_for_the_time() {
        JavaClasses everybody = everybody();
        ONE_CLOCK.check(everybody);
        catches(ONE_CLOCK, "AsksTheMachine.asks()");
        catches(ONE_CLOCK, "AsksTheMachine.hands()");
        assertThat(everybody.contain("dev.assent.time.Clock"))
                .as("the clock is among those looked at")
                .isTrue();
    }

    @Test
    void processes_end_in_mains_and_alike() {
        ONE_WAY_OUT.check(everybody());
        catches(ONE_WAY_OUT, "AsksTheMachine.ends()");
    }

    @Test
    void rules_for_sleep_and_names_hold_in_every_module() {
        AWAKE.check(everybody());
        NAMES.check(everybody().that(DescribedPredicate.not(HAS_XOPENS_NAME)));
    }

    @Test
    void no_source_file_of_any_module_is_longer_than_the_limit() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            List<Path> sources = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.toString().contains("/target/"))
                    .toList();

            assertThat(sources).hasSizeGreaterThan(1_000);
            for (Path source : sources) {
                assertThat(Files.readAllLines(source)).as(source.toString()).hasSizeLessThanOrEqualTo(LINES_MAX);
            }
        }
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
        catches(platformBelowIn(PLANTED), "SleepsManager");
    }

    @Test
    void nobody_sleeps_tests_included() {
        AWAKE.check(withTests());
        catches(AWAKE, "SleepsManager");
    }

    @Test
    void settings_come_from_mains_only() {
        SETTINGS_IN_MAIN.check(production());
        catches(SETTINGS_IN_MAIN, "SleepsManager");
    }

    @Test
    void names_say_something() {
        NAMES.check(withTests());
        catches(NAMES, "SleepsManager");
    }
}
