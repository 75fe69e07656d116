package dev.assent.coordination;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The rules between and within packages, for any root below which packages are laid out like ours. */
final class HouseRules {
    private static final List<String> ALL = List.of(
            "model",
            "quorum",
            "election",
            "zab",
            "bytes",
            "tree",
            "spi",
            "codec",
            "jute",
            "disk",
            "net",
            "replica",
            "server");

    private final String root;

    HouseRules(String root) {
        this.root = root;
    }

    /** Every rule by its name. */
    Map<String, ArchRule> all() {
        Map<String, ArchRule> rules = new LinkedHashMap<>();
        rules.put("model sees nothing of ours", sees("model"));
        rules.put("quorum sees model", sees("quorum", "model"));
        rules.put("election sees model and quorum", sees("election", "model", "quorum"));
        rules.put("zab never sees the tree", sees("zab", "model", "quorum", "election"));
        rules.put("bytes sees model", sees("bytes", "model"));
        rules.put("the tree sees model and bytes", sees("tree", "model", "bytes"));
        rules.put("ordering knows nothing of what clients send", orderingSeesNoClients());
        rules.put("disk sees contracts, bytes and nouns", sees("disk", "model", "spi", "codec", "zab"));
        return rules;
    }

    private String[] packages(Stream<String> names) {
        return names.map(name -> root + "." + name + "..").toArray(String[]::new);
    }

    private ArchRule sees(String from, String... allowed) {
        List<String> mayBeSeen = Arrays.asList(allowed);
        Stream<String> forbidden = ALL.stream().filter(name -> !name.equals(from) && !mayBeSeen.contains(name));
        return noClasses()
                .that()
                .resideInAPackage(root + "." + from + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages(forbidden));
    }

    private ArchRule orderingSeesNoClients() {
        return noClasses()
                .that()
                .resideInAPackage(root + ".server.ordering..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages(Stream.of("jute", "net", "server.edge")));
    }
}
