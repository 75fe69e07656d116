package dev.assent.rm;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Who may see whom in this module. Each rule is also shown a planted violation, which it must find. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HouseRulesTest {
    /** Beside this module, which is the last one of them. */
    private static final Path MODULES = Path.of("..");

    private final JavaClasses production = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/rm-testing/"))
            .importPaths(built());
    private final JavaClasses planted = new ClassFileImporter().importPackages("dev.assent.rm.planted");

    /** Of every module that has such classes; one that is not compiled would be left out without a word. */
    private static List<Path> built() {
        try (Stream<Path> modules = Files.list(MODULES)) {
            List<Path> built = modules.filter(module -> Files.isDirectory(module.resolve("src/main/java")))
                    .map(module -> module.resolve("target/classes"))
                    .toList();
            assertThat(built).as("compiled, with -am").allSatisfy(classes -> assertThat(classes)
                    .isDirectory());
            return built;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void no_module_is_left_out() {
        assertThat(packages(production))
                .contains(
                        "dev.assent.rm",
                        "dev.assent.rm.jta",
                        "dev.assent.rm.xa",
                        "dev.assent.rm.xa.quirk",
                        "dev.assent.rm.postgresql",
                        "dev.assent.rm.jdbc",
                        "dev.assent.rm.hibernate",
                        "dev.assent.rm.http",
                        "dev.assent.rm.grpc",
                        "dev.assent.rm.tcc",
                        "dev.assent.rm.spring",
                        "dev.assent.rm.atomikos",
                        "dev.assent.rm.operator",
                        "dev.assent.rm.operator.doctor",
                        "dev.assent.rm.operator.tx")
                .doesNotContain("dev.assent.rm.testing", "dev.assent.rm.bench");
    }

    private static Set<String> packages(JavaClasses classes) {
        return classes.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
    }

    @Test
    void quirks_know_databases_and_nothing_of_ours_but_the_model() {
        holds(noClasses()
                .that()
                .resideInAPackage("..rm..xa.quirk..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.assent.rm.xa", "dev.assent.rm.jta..", "dev.assent.rm.jdbc..", "dev.assent.tx.api.."));
    }

    @Test
    void xa_knows_nothing_of_jakarta_transactions() {
        holds(noClasses()
                .that()
                .resideInAPackage("..rm..xa..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.assent.rm.jta..", "jakarta..", "dev.assent.tx.api.."));
    }

    @Test
    void transactions_know_nothing_of_pools_frameworks_and_http() {
        holds(noClasses()
                .that()
                .resideInAPackage("..rm..jta..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.assent.rm.jdbc..",
                        "dev.assent.rm.hibernate..",
                        "dev.assent.rm.spring..",
                        "dev.assent.rm.http..",
                        "dev.assent.rm.tcc..",
                        "dev.assent.rm"));
    }

    @Test
    void atomikos_and_the_stores_client_are_at_home_where_they_are_needed() {
        onlyIn("com.atomikos..", "dev.assent.rm.atomikos..");
        onlyIn("dev.assent.store..", "dev.assent.rm.atomikos..", "dev.assent.rm.spring..", "dev.assent.rm.operator..");
    }

    @Test
    void adapters_work_over_any_transaction_service() {
        onlyIn("dev.assent.tx.coordinator..", "dev.assent.rm.spring..");
        onlyIn("dev.assent.tx.service..", "dev.assent.rm.spring..");
        onlyIn("dev.assent.tx.remote..", "dev.assent.rm.spring..");
        onlyIn("dev.assent.tx.store..", "dev.assent.tx..", "dev.assent.rm.operator..");
    }

    private void onlyIn(String library, String... homes) {
        holds(noClasses()
                .that()
                .resideOutsideOfPackages(homes)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library));
    }

    private void holds(ArchRule rule) {
        rule.check(production);
        assertThat(rule.evaluate(planted).hasViolation())
                .as("finds the planted violation of: " + rule.getDescription())
                .isTrue();
    }
}
