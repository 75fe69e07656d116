package dev.assent.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The house rules hold, and each of them notices a planted violation. */
class HouseRulesTest {
    private static final String OURS = "dev.assent.tx";
    private static final String PLANTED = "dev.assent.tx.planted";

    private static final JavaClasses PRODUCTION = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(OURS);
    private static final JavaClasses WITH_TESTS = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/planted/"))
            .importPackages(OURS);
    private static final JavaClasses BROKEN = new ClassFileImporter().importPackages(PLANTED);

    @Test
    void pure_packages_are_pure() {
        holdsAndNotices(PRODUCTION, HouseRules::pureIn);
    }

    @Test
    void the_model_knows_nobody() {
        holdsAndNotices(PRODUCTION, HouseRules::modelAloneIn);
    }

    @Test
    void the_protocol_knows_the_model_only() {
        holdsAndNotices(PRODUCTION, HouseRules::protocolOnModelIn);
    }

    @Test
    void nobody_sleeps_tests_included() {
        holdsAndNotices(WITH_TESTS, HouseRules::noSleepIn);
    }

    @Test
    void settings_are_read_in_main_only() {
        holdsAndNotices(PRODUCTION, HouseRules::settingsInMainOnlyIn);
    }

    @Test
    void zookeeper_stays_behind_the_store() {
        holdsAndNotices(PRODUCTION, HouseRules::zooKeeperInStoreOnlyIn);
    }

    @Test
    void the_transaction_core_is_free_of_jakarta() {
        HouseRules.noJakartaIn(OURS).check(PRODUCTION);
        assertThat(PRODUCTION.contain("jakarta.transaction.Status")).isFalse();
    }

    private void holdsAndNotices(JavaClasses classes, Function<String, ArchRule> rule) {
        rule.apply(OURS).check(classes);

        assertThatThrownBy(() -> rule.apply(PLANTED).check(BROKEN)).isInstanceOf(AssertionError.class);
    }
}
