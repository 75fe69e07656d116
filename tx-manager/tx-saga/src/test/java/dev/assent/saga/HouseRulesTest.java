package dev.assent.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The house rules hold, and each of them notices a planted violation. */
class HouseRulesTest {
    private static final String OURS = "dev.assent.saga";
    private static final String PLANTED = "dev.assent.saga.planted";

    private static final JavaClasses PRODUCTION = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(OURS);
    private static final JavaClasses BROKEN = new ClassFileImporter().importPackages(PLANTED);

    @Test
    void no_package_is_left_out() {
        assertThat(PRODUCTION.stream().map(JavaClass::getPackageName).collect(Collectors.toSet()))
                .contains(
                        OURS,
                        OURS + ".model",
                        OURS + ".protocol",
                        OURS + ".spi",
                        OURS + ".api",
                        OURS + ".engine",
                        OURS + ".store",
                        OURS + ".jdbc",
                        OURS + ".http")
                .doesNotContain(OURS + ".sim", PLANTED);
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
    void the_engine_knows_contracts_only() {
        holdsAndNotices(PRODUCTION, HouseRules::engineOnContractsIn);
    }

    @Test
    void the_store_stays_behind_its_package() {
        holdsAndNotices(PRODUCTION, HouseRules::storeInOnePlaceIn);
    }

    @Test
    void databases_stay_behind_their_package() {
        holdsAndNotices(PRODUCTION, HouseRules::databasesInOnePlaceIn);
    }

    private void holdsAndNotices(JavaClasses classes, Function<String, ArchRule> rule) {
        rule.apply(OURS).check(classes);

        assertThatThrownBy(() -> rule.apply(PLANTED).check(BROKEN)).isInstanceOf(AssertionError.class);
    }
}
