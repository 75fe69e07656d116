package dev.assent.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

/** What docs/security.md says stands against threats: that the tests it names are there, and what no class may do. */
final class ThreatsTest {
    private static final Path SECURITY = Path.of("../docs/security.md");

    /** `Class` or `Class#method`, in the last cell of a row. */
    private static final Pattern NAMED = Pattern.compile("`([A-Z][A-Za-z]*(?:Test|IT))(?:#([a-z_0-9]+))?`");

    /** A host's name for itself, in a command, is no question about a stranger. */
    private static final ArchRule NO_TRUST = noClasses()
            .that()
            .haveSimpleNameNotEndingWith("Main")
            .should()
            .accessTargetWhere(DescribedPredicate.describe(
                    "asks an address for its name",
                    (JavaAccess<?> access) -> (access.getTargetOwner().isEquivalentTo(InetAddress.class)
                                    || access.getTargetOwner().isEquivalentTo(InetSocketAddress.class))
                            && List.of("getHostName", "getCanonicalHostName")
                                    .contains(access.getTarget().getName())))
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(ObjectInputStream.class)
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(InflaterInputStream.class, GZIPInputStream.class, ZipInputStream.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Inflater.class)
            .because("what comes over a network is believed in nothing");

    @Test
    void nobody_asks_an_address_for_its_name_reads_objects_or_unpacks() {
        NO_TRUST.check(EveryModule.production());

        List<String> found =
                NO_TRUST.evaluate(EveryModule.planted()).getFailureReport().getDetails();
        for (String planted : List.of(
                "getHostName",
                "getCanonicalHostName",
                ObjectInputStream.class.getName(),
                GZIPInputStream.class.getName())) {
            assertThat(found).anyMatch(detail -> detail.contains("TrustsTheWorld") && detail.contains(planted));
        }
    }

    @Test
    void each_threat_is_shown_by_tests_that_there_are() throws IOException {
        List<String> faults = new ArrayList<>();
        List<String> rows = rows(Files.readString(SECURITY));

        assertThat(rows).as("rows of both tables").hasSizeGreaterThan(40);
        for (String row : rows) {
            faults.addAll(faults(row));
        }
        assertThat(faults).isEmpty();
    }

    @Test
    void a_row_without_a_test_or_with_one_that_is_not_there_is_found() throws IOException {
        assertThat(faults("| anybody | to enter | refused | believe us |")).hasSize(1);
        assertThat(faults("| anybody | to enter | refused | `NoSuchTest` |")).hasSize(1);
        assertThat(faults("| anybody | to enter | refused | `ThreatsTest#no_such_method` |"))
                .hasSize(1);
    }

    /** From the first table to the end of the section. */
    private static List<String> rows(String page) {
        int from = page.indexOf("## Threats");
        String section = page.substring(from, page.indexOf("\n## ", from + 1));
        return section.lines()
                .filter(line -> line.startsWith("|") && !line.startsWith("|---") && !line.endsWith("| shown by |"))
                .toList();
    }

    private static List<String> faults(String row) throws IOException {
        int lastCell = row.lastIndexOf('|', row.length() - 2);
        Matcher named = NAMED.matcher(row.substring(lastCell));
        List<String> faults = new ArrayList<>();
        int tests = 0;
        while (named.find()) {
            tests++;
            Optional<String> fault = fault(named.group(1), Optional.ofNullable(named.group(2)));
            fault.ifPresent(what -> faults.add(what + ": " + row));
        }
        if (tests == 0) {
            faults.add("no test is named: " + row);
        }
        return faults;
    }

    private static Optional<String> fault(String test, Optional<String> method) throws IOException {
        Optional<Path> source = EveryModule.sources().stream()
                .filter(path -> path.endsWith(test + ".java"))
                .findFirst();
        if (source.isEmpty()) {
            return Optional.of("there is no " + test);
        }
        String text = Files.readString(source.get());
        boolean isThere = method.isEmpty() || text.contains(" void " + method.get() + "(");
        return isThere ? Optional.empty() : Optional.of(test + " has no test " + method.orElse(""));
    }
}
