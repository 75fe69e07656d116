package dev.assent.tx.remote.host;

import dev.assent.settings.SettingLine;
import dev.assent.settings.Settings;
import dev.assent.settings.SettingsException;
import dev.assent.tx.model.ResourceName;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Which services may attach, which resources each may serve, and whose transactions it may take part in. Immutable.
 *
 * @param byService what is said of each service; empty: every service that the authority certifies may do all of that
 */
public record AgentRules(SortedMap<String, Rule> byService) {
    public static final AgentRules NONE = new AgentRules(new TreeMap<>());

    private static final String AGENTS = "agents";
    private static final String PREFIX = "agent.";
    private static final String RESOURCES = ".resources";
    private static final String JOINS = ".joins";

    /**
     * What one service may do.
     *
     * @param resources the names it may bring
     * @param joins the services whose transactions it may take part in; empty: of any that is listed
     */
    public record Rule(Set<String> resources, Optional<Set<String>> joins) {
        public Rule {
            resources = Set.copyOf(resources);
            joins = joins.map(Set::copyOf);
        }
    }

    public AgentRules {
        byService = Collections.unmodifiableSortedMap(new TreeMap<>(byService));
    }

    /**
     * What {@code agents=a,b}, {@code agent.a.resources=x,y} and {@code agent.a.joins=b} say. A list without a name in it
     * is not the same as none: a service that joins nobody has one.
     *
     * @throws SettingsException something is said of a service that is not listed, or the list of them is empty
     */
    public static AgentRules read(Settings settings) throws SettingsException {
        SortedMap<String, Rule> rules = new TreeMap<>();
        Optional<SettingLine> listed = settings.take(AGENTS);
        Set<String> services = words(listed.map(SettingLine::value).orElse(""));
        if (listed.isPresent() && services.isEmpty()) {
            throw listed.get()
                    .wrong(
                            "it names nobody: name services, or remove the line if every one that is certified may attach");
        }
        for (String service : services) {
            Set<String> resources =
                    words(settings.text(PREFIX + service + RESOURCES).orElse(""));
            rules.put(
                    service,
                    new Rule(resources, settings.take(PREFIX + service + JOINS).map(line -> words(line.value()))));
        }
        for (SettingLine line : settings.takeAll(key -> key.startsWith(PREFIX))) {
            throw line.wrong("only of services that " + AGENTS + "= names something can be said: " + PREFIX + "NAME"
                    + RESOURCES + " and " + PREFIX + "NAME" + JOINS);
        }
        return new AgentRules(rules);
    }

    private static Set<String> words(String text) {
        Set<String> words = new TreeSet<>();
        Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(Predicate.not(String::isEmpty))
                .forEach(words::add);
        return words;
    }

    /** Whether anything is said; if not, every service that is certified may do everything. */
    boolean areGiven() {
        return !byService.isEmpty();
    }

    /** Whether {@code service} may serve the resource whose name has that hash. */
    boolean letServe(String service, ResourceName.Hash resource) {
        Rule rule = byService.get(service);
        return byService.isEmpty()
                || (rule != null
                        && rule.resources().stream()
                                .anyMatch(name -> new ResourceName(name).hash().equals(resource)));
    }

    /** Whether one of them is listed, or nobody has to be. */
    boolean list(Set<String> services) {
        return byService.isEmpty() || !Collections.disjoint(byService.keySet(), services);
    }

    /** Why {@code service} may not attach with {@code resources}; empty if it may. */
    Optional<String> objectionToServing(String service, Set<String> resources) {
        if (byService.isEmpty()) {
            return Optional.empty();
        }
        Rule rule = byService.get(service);
        if (rule == null) {
            return Optional.of("service " + service + " is none of those that " + AGENTS + "= names");
        }
        Set<String> others = new TreeSet<>(resources);
        others.removeAll(rule.resources());
        return others.isEmpty()
                ? Optional.empty()
                : Optional.of("service " + service + " may not serve " + String.join(", ", others) + ": " + PREFIX
                        + service + RESOURCES + " names what it may");
    }

    /** Why none of {@code services} may take part in a transaction that {@code originators} have begun. */
    Optional<String> objectionToJoining(Set<String> services, Set<String> originators) {
        return byService.isEmpty() || services.stream().anyMatch(service -> mayJoin(service, originators))
                ? Optional.empty()
                : Optional.of(String.join(", ", services) + " may not take part in transactions of "
                        + String.join(", ", originators) + ": " + PREFIX + "NAME" + JOINS + " names whose it may");
    }

    private boolean mayJoin(String service, Set<String> originators) {
        Rule rule = byService.get(service);
        return rule != null
                && (rule.joins().isEmpty() || rule.joins().get().stream().anyMatch(originators::contains));
    }
}
