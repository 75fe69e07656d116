package dev.assent.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Where each library is at home. The shop is an application: it uses what applications use. */
final class LibrariesTest {
    private static final String SHOP = "dev.assent.shop..";

    /** By the beginning of its packages, who may know it. Atomikos' is with the adapters, as it is on no other class path. */
    private static Map<String, List<String>> homes() {
        Map<String, List<String>> homes = new LinkedHashMap<>();
        homes.put(
                "jakarta.transaction..",
                List.of(
                        "dev.assent.rm.jta..",
                        "dev.assent.rm.jdbc..",
                        "dev.assent.rm.http..",
                        "dev.assent.rm.grpc..",
                        "dev.assent.rm.tcc..",
                        "dev.assent.rm.atomikos..",
                        "dev.assent.rm.hibernate..",
                        "dev.assent.rm.spring..",
                        SHOP));
        homes.put("jakarta.servlet..", List.of("dev.assent.rm.http..", "dev.assent.rm.spring.."));
        homes.put("jakarta.persistence..", List.of("dev.assent.rm.hibernate..", SHOP));
        homes.put("org.hibernate..", List.of("dev.assent.rm.hibernate.."));
        homes.put("org.springframework..", List.of("dev.assent.rm.spring..", SHOP));
        homes.put("io.agroal..", List.of("dev.assent.rm.jdbc..", "dev.assent.rm", SHOP));
        homes.put(
                "org.postgresql..",
                List.of("dev.assent.rm.postgresql..", "dev.assent.outbox.relay", "dev.assent.outbox.jdbc", SHOP));
        homes.put("org.apache.kafka..", List.of("dev.assent.outbox.kafka..", "dev.assent.outbox.consumer..", SHOP));
        homes.put("io.micrometer..", List.of("dev.assent.metrics.."));
        homes.put(
                "io.opentelemetry..",
                List.of("dev.assent.traces..", "dev.assent.admin.traces..", "dev.assent.rm.spring..", SHOP));
        homes.put("io.opentelemetry.sdk..", List.of("dev.assent.admin.traces.."));
        homes.put("io.grpc..", List.of("dev.assent.tx.remote..", "dev.assent.rm.grpc.."));
        homes.put(
                "io.netty..",
                List.of(
                        "dev.assent.coordination.net..",
                        "dev.assent.coordination.codec..",
                        "dev.assent.coordination.server.edge.."));
        homes.put(
                "picocli..",
                List.of(
                        "dev.assent.command..",
                        "dev.assent.certs..",
                        "dev.assent.coordination.server",
                        "dev.assent.tx.node..",
                        "dev.assent.rm.operator..",
                        "dev.assent.outbox.relay..",
                        SHOP));
        return homes;
    }

    private static ArchRule only(String library, List<String> homes) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(homes.toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .because("who does not use it does not carry it");
    }

    /** Servers of Apache ZooKeeper, which tests run against, are something else. */
    private static final ArchRule ONE_CLIENT = noClasses()
            .that()
            .resideOutsideOfPackage("dev.assent.store")
            // Of that package too, but the library shows what a socket needs to its own package only (ADR 0013).
            .and()
            .haveNameNotMatching("org\\.apache\\.zookeeper\\.AssentSocket(\\$.*)?")
            .should()
            .dependOnClassesThat(DescribedPredicate.describe(
                    "are of the store's library or of Curator",
                    (JavaClass one) -> one.getPackageName().startsWith("org.apache.curator")
                            || (one.getPackageName().startsWith("org.apache.zookeeper")
                                    && !one.getPackageName().startsWith("org.apache.zookeeper.server"))))
            .because("one package knows what an answer of the store proves");

    @TestFactory
    Stream<DynamicTest> each_library_is_known_where_it_is_at_home_only() {
        return homes().entrySet().stream()
                .map(library -> DynamicTest.dynamicTest(library.getKey(), () -> {
                    ArchRule rule = only(library.getKey(), library.getValue());

                    rule.check(EveryModule.production());
                    assertThat(rule.evaluate(EveryModule.planted()).hasViolation())
                            .as("the one that was planted is found")
                            .isTrue();
                }));
    }

    @Test
    void exactly_one_package_talks_to_the_stores_library() {
        ONE_CLIENT.check(EveryModule.production());
        assertThat(ONE_CLIENT.evaluate(EveryModule.planted()).getFailureReport().getDetails())
                .anySatisfy(detail -> assertThat(detail).contains("TalksToTheStore"));
        assertThat(noClasses()
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.apache.zookeeper..")
                        .evaluate(EveryModule.production())
                        .hasViolation())
                .as("that package is among those looked at")
                .isTrue();
    }
}
