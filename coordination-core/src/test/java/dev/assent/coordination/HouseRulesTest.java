package dev.assent.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodReference;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.EvaluationResult;
import dev.assent.coordination.jute.RequestDecoder;
import dev.assent.coordination.server.ordering.OrderedStore;
import dev.assent.coordination.tree.TxnCodec;
import java.util.List;
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

    /** The frame of a client is read where it arrives; what it says travels as objects, or in a format of our own. */
    @Test
    void what_a_client_sent_is_decoded_in_one_place_and_what_was_committed_in_another() {
        assertThat(callsOf(RequestDecoder.class, "requestOrRefusal")).containsExactly("ClientConversation.frame");
        assertThat(callsOf(RequestDecoder.class, "request")).containsExactly("RequestDecoder.requestOrRefusal");
        assertThat(callsOf(TxnCodec.class, "decode")).containsExactly("OrderedStore.decode");
        assertThat(callsOf(OrderedStore.class, "decode")).containsExactly("OrderedStore.committed");
    }

    /** Each call once, wherever it stands. */
    private List<String> callsOf(Class<?> target, String method) {
        return production.get(target).getAccessesToSelf().stream()
                .filter(access -> access.getName().equals(method)
                        && isProduction(access.getOriginOwner())
                        && (access instanceof JavaCall || access instanceof JavaMethodReference))
                .map(access -> access.getOriginOwner().getSimpleName() + "."
                        + access.getOrigin().getName().replaceFirst("\\$.*", ""))
                .sorted()
                .toList();
    }
}
