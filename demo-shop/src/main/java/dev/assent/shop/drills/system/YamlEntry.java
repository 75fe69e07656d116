package dev.assent.shop.drills.system;

import dev.assent.settings.SettingsException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A value of the file, with where it stands.
 *
 * @param path the keys that lead to it
 * @param filled puts values in for what stands in <code>${...}</code>
 */
record YamlEntry(String file, String path, Node node, UnaryOperator<String> filled) {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s|m)");

    /** What is wrong with it, and what to write. */
    SettingsException wrong(String remedy) {
        return new SettingsException(
                file + ", line " + (node.getStartMark().getLine() + 1) + ": " + path + ": " + remedy);
    }

    String text() throws SettingsException {
        if (node instanceof ScalarNode scalar) {
            return filled.apply(scalar.getValue());
        }
        throw wrong("write a single value");
    }

    int number(int min, int max) throws SettingsException {
        String text = text();
        if (text.matches("\\d{1,9}") && Integer.parseInt(text) >= min && Integer.parseInt(text) <= max) {
            return Integer.parseInt(text);
        }
        throw wrong("write a whole number from " + min + " to " + max + ", not '" + text + "'");
    }

    Duration duration() throws SettingsException {
        String text = text();
        Matcher parts = DURATION.matcher(text);
        if (!parts.matches()) {
            throw wrong("write a time such as 500ms, 20s or 2m, not '" + text + "'");
        }
        long number = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
    }

    /** Several values, or one. */
    List<String> texts() throws SettingsException {
        if (!(node instanceof SequenceNode)) {
            return List.of(text());
        }
        List<String> texts = new ArrayList<>();
        for (YamlEntry each : entries()) {
            texts.add(each.text());
        }
        return texts;
    }

    boolean isList() {
        return node instanceof SequenceNode;
    }

    boolean isText() {
        return node instanceof ScalarNode;
    }

    List<YamlEntry> entries() throws SettingsException {
        if (!(node instanceof SequenceNode sequence)) {
            throw wrong("write a list");
        }
        List<YamlEntry> entries = new ArrayList<>();
        for (Node each : sequence.getValue()) {
            entries.add(new YamlEntry(file, path + "[" + (entries.size() + 1) + "]", each, filled));
        }
        return entries;
    }

    /** By key, in the file's order. */
    Map<String, YamlEntry> map() throws SettingsException {
        if (!(node instanceof MappingNode mapping)) {
            throw wrong("write keys and values");
        }
        Map<String, YamlEntry> map = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            YamlEntry key = new YamlEntry(file, path, tuple.getKeyNode(), UnaryOperator.identity());
            String name = key.text();
            YamlEntry value =
                    new YamlEntry(file, path.isEmpty() ? name : path + "." + name, tuple.getValueNode(), filled);
            if (map.put(name, value) != null) {
                throw key.wrong("'" + name + "' stands there twice; leave one");
            }
        }
        return map;
    }

    /** The same where only those keys mean anything. */
    Map<String, YamlEntry> map(String... known) throws SettingsException {
        Map<String, YamlEntry> map = map();
        for (Map.Entry<String, YamlEntry> entry : map.entrySet()) {
            if (!List.of(known).contains(entry.getKey())) {
                throw entry.getValue().wrong("there is no such key; there are " + String.join(", ", known));
            }
        }
        return map;
    }

    YamlEntry required(Map<String, YamlEntry> map, String key) throws SettingsException {
        return Optional.ofNullable(map.get(key)).orElseThrow(() -> wrong("'" + key + "' is missing"));
    }
}
