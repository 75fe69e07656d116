package dev.assent.shop.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/reference/znodes.md} beside the classes that make the paths: no part of a path is in one of them alone. */
class ZnodesPageTest {
    private static final Path ROOT = Path.of("..");
    private static final List<String> MAKERS = List.of(
            "tx-manager/tx-store/src/main/java/dev/assent/tx/store/StoreLayout.java",
            "tx-manager/tx-saga/src/main/java/dev/assent/saga/store/SagaLayout.java",
            "tx-manager/store-client/src/main/java/dev/assent/store/audit/ZnodeAuditLog.java",
            "tx-manager/store-client/src/main/java/dev/assent/store/lease/LeaseTree.java",
            "tx-manager/store-client/src/main/java/dev/assent/store/lease/NumberedEpochs.java",
            "rm-adapters/rm-atomikos/src/main/java/dev/assent/rm/atomikos/LogPaths.java",
            "outbox-relay/src/main/java/dev/assent/outbox/lease/ZnodeShardLeases.java");
    private static final Pattern LITERAL = Pattern.compile("\"((?:/[a-z]+)+)/?\"");
    private static final Pattern PATH = Pattern.compile("`(/assent/[^`]+)`");
    private static final Pattern PART = Pattern.compile("(?<=/)[a-z]+(?=/|$)");

    private static Set<String> parts(Pattern places, String text) {
        Set<String> parts = new TreeSet<>();
        places.matcher(text)
                .results()
                .forEach(path -> PART.matcher(path.group(1)).results().forEach(part -> parts.add(part.group())));
        return parts;
    }

    @Test
    void every_part_of_a_path_is_made_by_somebody_and_every_part_that_is_made_stands_there() throws IOException {
        Set<String> made = new TreeSet<>();
        for (String maker : MAKERS) {
            made.addAll(parts(LITERAL, Files.readString(ROOT.resolve(maker))));
        }

        Set<String> told = parts(PATH, Files.readString(ROOT.resolve("docs/reference/znodes.md")));
        told.remove("executor"); // joined of a constant that is no path
        assertThat(told).isEqualTo(made);
    }
}
