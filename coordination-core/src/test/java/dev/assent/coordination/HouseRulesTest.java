package dev.assent.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HouseRulesTest {
    private static final String ROOT = "dev.assent.coordination";
    private static final String PLANTED = ROOT + ".planted";

    private final JavaClasses everything = new ClassFileImporter().importPackages(ROOT);
    private final JavaClasses planted = everything.that(JavaClass.Predicates.resideInAPackage(PLANTED + ".."));
    private final JavaClasses production =
            everything.that(DescribedPredicate.describe("are compiled from src/main", HouseRulesTest::isProduction));

    private static boolean isProduction(JavaClass javaClass) {
        return javaClass
                .getSource()
                .map(source -> !source.getUri().getPath().contains("/test-classes/"))
                .orElse(false);
    }

    @TestFactory
    Stream<DynamicTest> production_keeps_every_rule() {
        return new HouseRules(ROOT)
                .all().entrySet().stream()
                        .map(rule -> DynamicTest.dynamicTest(
                                rule.getKey(),
                                () -> rule.getValue().allowEmptyShould(true).check(production)));
    }

    @TestFactory
    Stream<DynamicTest> every_rule_catches_the_violation_that_was_planted_for_it() {
        return new HouseRules(PLANTED)
                .all().entrySet().stream()
                        .map(rule -> DynamicTest.dynamicTest(rule.getKey(), () -> {
                            EvaluationResult result = rule.getValue().evaluate(planted);

                            assertThat(result.hasViolation())
                                    .as("%s finds its planted violation", rule.getKey())
                                    .isTrue();
                        }));
    }

    @Test
    void there_is_production_code_to_check() {
        assertThat(production).hasSizeGreaterThan(100);
        assertThat(planted).hasSizeGreaterThan(8);
    }
}
