package dev.assent.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The house rules hold, and each of them notices a planted violation. */
class HouseRulesTest {
    private static final String OURS = "dev.assent.tx";
    private static final String PLANTED = "dev.assent.tx.planted";

    /** Beside this module. The last one of them looks at all, as it is built after the others. */
    private static final Path MODULES = Path.of("..");

    private static final JavaClasses PRODUCTION = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/tx-testing/"))
            .importPaths(built());
    private static final JavaClasses BROKEN = new ClassFileImporter().importPackages(PLANTED);

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
        assertThat(packages(PRODUCTION))
                .contains(
                        OURS + ".model",
                        OURS + ".protocol",
                        OURS + ".recovery",
                        OURS + ".shards",
                        OURS + ".spi",
                        OURS + ".api",
                        OURS + ".bulkhead",
                        OURS + ".store",
                        OURS + ".coordinator",
                        OURS + ".service",
                        OURS + ".end",
                        OURS + ".remote.agent",
                        OURS + ".remote.host",
                        OURS + ".remote.peer",
                        OURS + ".node")
                .doesNotContain(OURS + ".testing", OURS + ".sim");
    }

    private static Set<String> packages(JavaClasses classes) {
        return classes.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
    }

    @Test
    void the_model_knows_nobody() {
        holdsAndNotices(PRODUCTION, HouseRules::modelAloneIn);
    }

    @Test
    void who_leads_what_is_decided_without_knowing_anybody() {
        holdsAndNotices(PRODUCTION, HouseRules::shardsAloneIn);
    }

    @Test
    void the_protocol_knows_the_model_only() {
        holdsAndNotices(PRODUCTION, HouseRules::protocolOnModelIn);
    }

    @Test
    void the_coordinator_knows_contracts_only() {
        holdsAndNotices(PRODUCTION, HouseRules::coordinatorOnContractsIn);
    }

    @Test
    void a_protocol_knows_no_other_one() {
        holdsAndNotices(PRODUCTION, HouseRules::protocolsApartIn);
    }

    @Test
    void what_protocols_share_knows_none_of_them() {
        holdsAndNotices(PRODUCTION, HouseRules::seamKnowsNoProtocolIn);
    }

    @Test
    void the_stores_client_stays_behind_the_store() {
        holdsAndNotices(PRODUCTION, HouseRules::storesClientInStoreOnlyIn);
    }

    @Test
    void servers_are_in_nodes_only() {
        holdsAndNotices(PRODUCTION, HouseRules::serversInNodesOnlyIn);
    }

    private void holdsAndNotices(JavaClasses classes, Function<String, ArchRule> rule) {
        rule.apply(OURS).check(classes);

        assertThatThrownBy(() -> rule.apply(PLANTED).check(BROKEN)).isInstanceOf(AssertionError.class);
    }
}
