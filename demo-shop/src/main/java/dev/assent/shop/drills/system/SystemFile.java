package dev.assent.shop.drills.system;

import dev.assent.settings.SettingsException;
import dev.assent.shop.drills.plan.Moment;
import dev.assent.shop.drills.plan.PlantedBug;
import dev.assent.shop.drills.system.SystemDescription.Act;
import dev.assent.shop.drills.system.SystemDescription.Ask;
import dev.assent.shop.drills.system.SystemDescription.Bounds;
import dev.assent.shop.drills.system.SystemDescription.Check;
import dev.assent.shop.drills.system.SystemDescription.Command;
import dev.assent.shop.drills.system.SystemDescription.Kind;
import dev.assent.shop.drills.system.SystemDescription.Load;
import dev.assent.shop.drills.system.SystemDescription.Part;
import dev.assent.shop.drills.system.SystemDescription.Probe;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.Node;

/** Reads a description. Nothing in it is carried out, and no class is made of it. */
public final class SystemFile {
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);
    private static final int CALLERS_MAX = 200;
    private static final int STATUS_MIN = 100;
    private static final int STATUS_END = 599;

    private final Path file;

    private final Path work;

    private SystemFile(Path file, Path work) {
        this.file = file;
        this.work = work;
    }

    /** A port that is free, for each name that the file wants one for. */
    @FunctionalInterface
    public interface Ports {
        int next() throws IOException;
    }

    /**
     * What the file says.
     *
     * @param work a directory of the run's, for what the system and its commands write
     * @throws SettingsException it is not as it should be; with line, key and remedy
     */
    static SystemDescription read(Path file, Path work, Ports ports) throws IOException, SettingsException {
        return new SystemFile(file, work).read(ports);
    }

    private SystemDescription read(Ports ports) throws IOException, SettingsException {
        Map<String, String> values = new LinkedHashMap<>();
        YamlEntry root = new YamlEntry(file.getFileName().toString(), "", compose(), text -> fill(text, values));
        Map<String, YamlEntry> keys = root.map(
                "system", "ports", "parts", "leader", "load", "checks", "prepared", "moments", "bugs", "bounds");
        if (keys.containsKey("ports")) {
            for (String name : keys.get("ports").texts()) {
                values.put(name, Integer.toString(ports.next()));
            }
        }
        values.put("work", work.toAbsolutePath().toString());
        values.put("java", ProcessHandle.current().info().command().orElse("java"));
        List<Part> parts = parts(root.required(keys, "parts"));
        Optional<Probe> leader = keys.containsKey("leader") ? Optional.of(probe(keys.get("leader"))) : Optional.empty();
        return new SystemDescription(
                root.required(keys, "system").text(),
                Optional.ofNullable(file.toAbsolutePath().getParent()).orElseThrow(),
                parts,
                leader,
                load(root.required(keys, "load")),
                checks(root.required(keys, "checks")),
                probes(root.required(keys, "prepared")),
                byName(keys.get("moments"), Moment.values(), this::probe, new EnumMap<>(Moment.class)),
                byName(keys.get("bugs"), PlantedBug.values(), this::command, new EnumMap<>(PlantedBug.class)),
                keys.containsKey("bounds") ? bounds(keys.get("bounds")) : NO_BOUNDS);
    }

    private static final Bounds NO_BOUNDS =
            new Bounds(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    private Node compose() throws IOException, SettingsException {
        try (Reader text = Files.newBufferedReader(file)) {
            @Nullable Node root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(text);
            if (root == null) {
                throw new SettingsException(file + " is empty; docs/drills.md shows what belongs into it");
            }
            return root;
        } catch (MarkedYAMLException broken) {
            throw new SettingsException(
                    file + ", line " + (broken.getProblemMark().getLine() + 1) + ": this is no YAML: "
                            + broken.getProblem(),
                    broken);
        }
    }

    /** What is not known here may be known later: an id, a count. */
    private static String fill(String text, Map<String, String> values) {
        String filled = text;
        for (Map.Entry<String, String> value : values.entrySet()) {
            filled = filled.replace("${" + value.getKey() + "}", value.getValue());
        }
        return filled;
    }

    private List<Part> parts(YamlEntry entry) throws SettingsException {
        List<Part> parts = new ArrayList<>();
        for (Map.Entry<String, YamlEntry> part : entry.map().entrySet()) {
            parts.add(part(part.getKey(), part.getValue()));
        }
        if (parts.isEmpty()) {
            throw entry.wrong("name at least one part");
        }
        return parts;
    }

    private Part part(String name, YamlEntry entry) throws SettingsException {
        Map<String, YamlEntry> keys =
                entry.map("kind", "run", "start", "stop", "kill", "freeze", "thaw", "ready", "ready-within");
        Map<Act, Command> acts = new EnumMap<>(Act.class);
        for (Act act : Act.values()) {
            YamlEntry command = keys.get(act.name().toLowerCase(Locale.ROOT));
            if (command != null) {
                acts.put(act, command(command));
            }
        }
        boolean isOwn = keys.containsKey("run");
        if (isOwn && !acts.isEmpty()) {
            throw entry.wrong("'run' makes it a process of the drill's own, which signals end and freeze; leave out "
                    + acts.keySet().stream()
                            .map(act -> act.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", ")));
        }
        if (!isOwn && !acts.containsKey(Act.START)) {
            throw entry.wrong("say how it is started: 'run' for a process of the drill's own, 'start' for another");
        }
        if (acts.containsKey(Act.FREEZE) != acts.containsKey(Act.THAW)) {
            throw entry.wrong("'freeze' and 'thaw' belong together");
        }
        return new Part(
                name,
                oneOf(entry.required(keys, "kind"), Kind.values()),
                isOwn ? Optional.of(command(entry.required(keys, "run"))) : Optional.empty(),
                acts,
                keys.containsKey("ready") ? Optional.of(probe(keys.get("ready"))) : Optional.empty(),
                keys.containsKey("ready-within") ? keys.get("ready-within").duration() : READY_TIMEOUT);
    }

    private static <E extends Enum<E>> E oneOf(YamlEntry entry, E[] all) throws SettingsException {
        String text = entry.text();
        return Stream.of(all)
                .filter(one -> option(one).equals(text))
                .findFirst()
                .orElseThrow(() -> entry.wrong("'" + text + "' is none of "
                        + Stream.of(all).map(SystemFile::option).collect(Collectors.joining(", "))));
    }

    private static String option(Enum<?> one) {
        return one.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A text for the shell, a list of words, or either with a time-out. */
    private Command command(YamlEntry entry) throws SettingsException {
        if (entry.isList()) {
            return new Command(entry.texts(), COMMAND_TIMEOUT);
        }
        if (entry.isText()) {
            return new Command(List.of("sh", "-c", entry.text()), COMMAND_TIMEOUT);
        }
        Map<String, YamlEntry> keys = entry.map("command", "within");
        return new Command(
                command(entry.required(keys, "command")).words(),
                keys.containsKey("within") ? keys.get("within").duration() : COMMAND_TIMEOUT);
    }

    private List<Probe> probes(YamlEntry entry) throws SettingsException {
        List<Probe> probes = new ArrayList<>();
        for (YamlEntry each : entry.entries()) {
            probes.add(probe(each));
        }
        return probes;
    }

    private Probe probe(YamlEntry entry) throws SettingsException {
        return probe(entry, entry.map("sql", "url", "http", "command"));
    }

    private Probe probe(YamlEntry entry, Map<String, YamlEntry> keys) throws SettingsException {
        List<String> ways =
                Stream.of("sql", "http", "command").filter(keys::containsKey).toList();
        if (ways.size() != 1) {
            throw entry.wrong("ask in one way: 'sql' with its 'url', 'http', or 'command'");
        }
        return switch (ways.get(0)) {
            case "sql" ->
                new Probe.Sql(
                        jdbc(entry.required(keys, "url")),
                        entry.required(keys, "sql").text());
            case "http" -> new Probe.Http(web(entry.required(keys, "http")));
            default -> new Probe.Output(command(entry.required(keys, "command")));
        };
    }

    private static String jdbc(YamlEntry entry) throws SettingsException {
        if (!entry.text().startsWith("jdbc:")) {
            throw entry.wrong("write a JDBC URL, such as jdbc:postgresql://127.0.0.1/orders?user=me");
        }
        return entry.text();
    }

    private static String web(YamlEntry entry) throws SettingsException {
        if (!entry.text().matches("https?://[^\\s]+")) {
            throw entry.wrong("write a URL that begins with http:// or https://");
        }
        return entry.text();
    }

    private List<Check> checks(YamlEntry entry) throws SettingsException {
        List<Check> checks = new ArrayList<>();
        for (YamlEntry each : entry.entries()) {
            Map<String, YamlEntry> keys = each.map("name", "about", "expect", "sql", "url", "http", "command");
            String about = each.required(keys, "about").text();
            if (!about.equals("answers") && !about.equals("work")) {
                throw each.required(keys, "about")
                        .wrong("write 'answers' (callers were told the truth) or 'work' (nothing is lost,"
                                + " nothing done twice)");
            }
            checks.add(new Check(
                    each.required(keys, "name").text(),
                    probe(each, keys),
                    each.required(keys, "expect").text(),
                    about.equals("answers")));
        }
        if (checks.isEmpty()) {
            throw entry.wrong("a drill without a check shows nothing; write one");
        }
        return checks;
    }

    private static Load load(YamlEntry entry) throws SettingsException {
        Map<String, YamlEntry> keys =
                entry.map("callers", "method", "request", "body", "timeout", "committed", "rolled-back", "ask");
        Optional<Ask> ask = Optional.empty();
        if (keys.containsKey("ask")) {
            Map<String, YamlEntry> asked = keys.get("ask").map("request", "committed", "rolled-back");
            YamlEntry parent = keys.get("ask");
            ask = Optional.of(new Ask(
                    web(parent.required(asked, "request")),
                    statuses(parent.required(asked, "committed")),
                    statuses(parent.required(asked, "rolled-back"))));
        }
        return new Load(
                entry.required(keys, "callers").number(1, CALLERS_MAX),
                keys.containsKey("method") ? keys.get("method").text() : "POST",
                web(entry.required(keys, "request")),
                keys.containsKey("body") ? keys.get("body").text() : "",
                keys.containsKey("timeout") ? keys.get("timeout").duration() : CALL_TIMEOUT,
                statuses(entry.required(keys, "committed")),
                keys.containsKey("rolled-back") ? statuses(keys.get("rolled-back")) : List.of(),
                ask);
    }

    private static List<Integer> statuses(YamlEntry entry) throws SettingsException {
        List<Integer> statuses = new ArrayList<>();
        if (entry.isList()) {
            for (YamlEntry each : entry.entries()) {
                statuses.add(each.number(STATUS_MIN, STATUS_END));
            }
        } else {
            statuses.add(entry.number(STATUS_MIN, STATUS_END));
        }
        return statuses;
    }

    private static Bounds bounds(YamlEntry entry) throws SettingsException {
        Map<String, YamlEntry> keys = entry.map("pause", "prepared", "served-again", "unknown");
        return new Bounds(
                duration(keys.get("pause")),
                duration(keys.get("prepared")),
                duration(keys.get("served-again")),
                keys.containsKey("unknown")
                        ? Optional.of(keys.get("unknown").number(0, Integer.MAX_VALUE))
                        : Optional.empty());
    }

    private static Optional<Duration> duration(@Nullable YamlEntry entry) throws SettingsException {
        return entry == null ? Optional.empty() : Optional.of(entry.duration());
    }

    /** Makes something of an entry. */
    @FunctionalInterface
    private interface Made<T> {
        T of(YamlEntry entry) throws SettingsException;
    }

    private static <E extends Enum<E>, T> Map<E, T> byName(
            @Nullable YamlEntry entry, E[] all, Made<T> made, Map<E, T> into) throws SettingsException {
        if (entry != null) {
            String[] names = Stream.of(all).map(SystemFile::option).toArray(String[]::new);
            Map<String, YamlEntry> keys = entry.map(names);
            for (E one : all) {
                if (keys.containsKey(option(one))) {
                    into.put(one, made.of(entry.required(keys, option(one))));
                }
            }
        }
        return into;
    }
}
