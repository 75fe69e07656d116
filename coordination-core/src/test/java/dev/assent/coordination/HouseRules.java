package dev.assent.coordination;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.ClassesShouldConjunction;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
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
    private static final List<String> PURE = List.of("model", "quorum", "election", "zab", "bytes", "tree");
    private static final List<String> PROTOCOL = List.of("model", "quorum", "election", "zab");

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
        rules.put(
                "pure packages do no input or output",
                noneOf(
                        PURE,
                        "java.net..",
                        "java.nio.file..",
                        "java.nio.channels..",
                        "java.sql..",
                        "org.slf4j..",
                        "io.netty.."));
        rules.put("pure packages know no threads", noThreads());
        rules.put("pure packages know no clock", noClock());
        rules.put("pure packages roll no dice", noDice());
        rules.put("the protocol iterates in a defined order", definedOrder());
        rules.put("only Main reads the environment", environment());
        rules.put("nobody sleeps", noSleep());
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

    private ArchRule noneOf(List<String> in, String... forbidden) {
        return noClasses()
                .that()
                .resideInAnyPackage(packages(in.stream()))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden);
    }

    private ArchRule noThreads() {
        return noClasses()
                .that()
                .resideInAnyPackage(packages(PURE.stream()))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.concurrent..")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class);
    }

    private ArchRule noClock() {
        return noClasses()
                .that()
                .resideInAnyPackage(packages(PURE.stream()))
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(dev.assent.time.Clock.class);
    }

    private ArchRule noDice() {
        return noClasses()
                .that()
                .resideInAnyPackage(packages(PURE.stream()))
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Random.class)
                .orShould()
                .callMethod(UUID.class, "randomUUID")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(System.class, "identityHashCode", Object.class);
    }

    /** The immutable sets and maps of the JDK even change their order from one process to the next. */
    private ArchRule definedOrder() {
        ClassesShouldConjunction rule = noClasses()
                .that()
                .resideInAnyPackage(packages(PROTOCOL.stream()))
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(HashMap.class, HashSet.class);
        for (Class<?> unordered : List.of(Map.class, Set.class)) {
            rule = rule.orShould().callMethodWhere(new CallsFactoryOf(unordered));
        }
        return rule;
    }

    private ArchRule environment() {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .and()
                .doNotHaveSimpleName("Main")
                .should()
                .callMethod(System.class, "getProperty", String.class)
                .orShould()
                .callMethod(System.class, "getProperty", String.class, String.class)
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .orShould()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "exit", int.class);
    }

    ArchRule noSleep() {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class);
    }
}
