package dev.assent.shop.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.assent.command.ExitCode;
import dev.assent.coordination.server.config.ZooCfg;
import dev.assent.outbox.relay.Main;
import dev.assent.settings.SettingsException;
import dev.assent.shop.platform.JavaCommand;
import dev.assent.tx.node.NodeConfig;
import dev.assent.tx.node.NodeProperties;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;
import picocli.CommandLine;

/** {@code docs/reference/configuration.md} beside what reads each file: keys both ways, and defaults. */
class ConfigurationPageTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "configuration.md");
    private static final String UNKNOWN = "no.such.key=1";
    private static final Pattern KEYS = Pattern.compile("The keys are (.*)");
    private static final Pattern OWN = Pattern.compile("\"(assent\\.[a-z][a-z.]*)\"");
    private static final List<String> RELAY = List.of(
            "relay.name=r",
            "database.url=jdbc:postgresql://127.0.0.1/none",
            "database.user=u",
            "kafka.bootstrap.servers=127.0.0.1:1",
            "coordination.connect=127.0.0.1:1");

    @TempDir
    Path directory;

    private static KeyTable table(String heading) throws IOException {
        return KeyTable.under(heading, Files.readString(PAGE));
    }

    private Path file(String name, List<String> lines) throws IOException {
        return Files.write(directory.resolve(name), lines);
    }

    /** A reader that meets a key it does not know says which it does. */
    private static Set<String> keysIn(String refusal) {
        return Pattern.compile(", ")
                .splitAsStream(KEYS.matcher(refusal)
                        .results()
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(refusal))
                        .group(1)
                        .strip())
                .map(key -> key.replaceFirst("^(agent|admin\\.database)\\.some\\.", "$1.NAME."))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private String refusedNode(String... more) throws IOException {
        List<String> lines = new ArrayList<>(List.of(more));
        lines.add(UNKNOWN);
        Path file = file("node.properties", lines);
        return String.valueOf(catchThrowableOfType(SettingsException.class, () -> NodeProperties.read(file))
                .getMessage());
    }

    @Test
    void a_nodes_keys_are_those_of_the_page() throws Exception {
        Set<String> read = keysIn(refusedNode(
                "coordination.connect=127.0.0.1:1",
                "agents=some",
                "agent.some.resources=x",
                "admin.databases=some",
                "admin.database.some.url=jdbc:postgresql://127.0.0.1/none"));

        assertThat(table("node.properties").defaults().keySet()).containsExactlyInAnyOrderElementsOf(read);
    }

    @Test
    void a_node_that_is_told_the_pages_defaults_is_one_that_is_told_nothing() throws Exception {
        NodeConfig told = NodeProperties.read(
                file("node.properties", table("node.properties").lines()));
        NodeConfig untold = NodeProperties.read(file("node.properties", List.of()));

        assertThat(told).isEqualTo(untold);
    }

    private String refusedRelay(List<String> more) throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>(RELAY);
        lines.addAll(more);
        lines.add(UNKNOWN);
        Path said = directory.resolve("relay.said");
        // A process of its own: whoever serves in the foreground ends the JVM with its exit code, whatever ends that.
        Process relay = new ProcessBuilder(JavaCommand.of(Main.class, "-Xmx64m")
                        .with(file("relay.properties", lines))
                        .words())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            assertThat(relay.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(relay.exitValue()).isEqualTo(ExitCode.USAGE);
        } finally {
            relay.destroyForcibly();
        }
        return Files.readString(said);
    }

    @Test
    void a_relays_keys_are_those_of_the_page() throws Exception {
        Set<String> read = keysIn(refusedRelay(List.of()));

        assertThat(table("relay.properties").defaults().keySet()).containsExactlyInAnyOrderElementsOf(read);
    }

    @Test
    void a_relays_defaults_can_be_read_and_are_those_that_it_tells_itself() throws Exception {
        KeyTable table = table("relay.properties");
        assertThat(refusedRelay(table.lines())).contains("no.such.key");

        String help = new CommandLine(Main.class).getUsageMessage(CommandLine.Help.Ansi.OFF);
        Map<String, String> told = new TreeMap<>();
        Pattern.compile("([a-z]+(?:\\.[A-Za-z]+)*) \\[([^\\]]+)\\]")
                .matcher(help)
                .results()
                .forEach(found -> told.put(found.group(1), found.group(2)));
        assertThat(told).hasSizeGreaterThan(15);
        told.keySet().retainAll(table.defaults().keySet());
        told.remove("relay.instance"); // made of host and process
        told.remove("coordination.tls.server"); // only together with the files
        assertThat(table.defaults()).containsAllEntriesOf(told);
    }

    /** ZooKeeper's are many, and most have no effect here; ours begin with words that stand in the reader. */
    @Test
    void a_servers_own_keys_are_those_of_the_page() throws Exception {
        Set<String> told = table("zoo.cfg").defaults().keySet();
        for (String key : told) {
            Path file = file("zoo.cfg", List.of("dataDir=" + directory, key + "=false"));
            Throwable refusal = catchThrowable(() -> ZooCfg.read(file, false));
            assertThat(refusal == null ? "" : String.valueOf(refusal.getMessage()))
                    .doesNotContain("unknown key");
        }
        Set<String> literals = new TreeSet<>();
        try (Stream<Path> sources = Files.walk(Path.of("..", "coordination-core", "src", "main", "java"))) {
            for (Path source :
                    sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                OWN.matcher(Files.readString(source)).results().forEach(found -> literals.add(found.group(1)));
            }
        }

        assertThat(literals).hasSizeGreaterThan(1).allMatch(literal -> told.stream()
                .anyMatch(key -> key.startsWith(literal)));
        assertThat(told).allMatch(key -> literals.stream().anyMatch(key::startsWith));
    }

    @Test
    void springs_properties_and_their_defaults_are_those_of_the_page() throws Exception {
        Map<String, String> known = new TreeMap<>();
        try (InputStream metadata = getClass().getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            Map<String, List<Map<String, Object>>> read = new Yaml().load(metadata); // JSON is YAML
            for (Map<String, Object> property : read.getOrDefault("properties", List.of())) {
                String standard = String.valueOf(property.getOrDefault("defaultValue", ""));
                known.put(String.valueOf(property.get("name")), standard.isEmpty() ? "-" : standard);
            }
        }

        assertThat(table("Spring Boot").defaults()).containsExactlyInAnyOrderEntriesOf(known);
    }
}
