package dev.assent.shop.readme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.command.Commands;
import dev.assent.coordination.server.config.ZooCfg;
import dev.assent.tx.node.NodeConfig;
import dev.assent.tx.node.NodeProperties;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** The manifests and the image of {@code docs/kubernetes}, beside each other and beside what a node does. */
class KubernetesTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Path FOLDER = DOCS.resolve("kubernetes");
    private static final List<Integer> PORTS = List.of(7400, 2281, 2888, 7480);

    @TempDir
    Path directory;

    private final List<Map<String, Object>> manifests = new ArrayList<>();
    private final String image;

    KubernetesTest() throws IOException {
        try (InputStream file = Files.newInputStream(FOLDER.resolve("assent.yaml"))) {
            for (Object manifest : new Yaml().loadAll(file)) {
                manifests.add(map(manifest));
            }
        }
        image = Files.readString(FOLDER.resolve("Dockerfile"));
    }

    @SuppressWarnings("unchecked") // YAML's maps have texts as keys here.
    private static Map<String, Object> map(Object node) {
        return (Map<String, Object>) node;
    }

    /** What is there along that path; a number is a place in a list. */
    private static Object at(Object node, String path) {
        Object found = node;
        for (String part : path.split("/", -1)) {
            Object next = found instanceof List<?> list
                    ? list.get(Integer.parseInt(part))
                    : map(found).get(part);
            if (next == null) {
                throw new AssertionError("no " + part + " of " + path + " in " + node);
            }
            found = next;
        }
        return found;
    }

    private static List<?> list(Object node, String path) {
        return (List<?>) at(node, path);
    }

    private Map<String, Object> of(String kind) {
        return manifests.stream()
                .filter(manifest -> kind.equals(manifest.get("kind")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind));
    }

    private Object pod() {
        return at(of("StatefulSet"), "spec/template/spec");
    }

    private Object container() {
        return at(pod(), "containers/0");
    }

    private static List<Object> each(List<?> nodes, String path) {
        return nodes.stream().map(node -> at(node, path)).toList();
    }

    @Test
    void all_of_it_speaks_of_the_same_pods() {
        Object labels = at(of("StatefulSet"), "spec/template/metadata/labels");
        assertThat(at(of("StatefulSet"), "spec/selector/matchLabels")).isEqualTo(labels);
        assertThat(at(of("PodDisruptionBudget"), "spec/selector/matchLabels")).isEqualTo(labels);
        assertThat(at(of("NetworkPolicy"), "spec/podSelector/matchLabels")).isEqualTo(labels);
        assertThat(at(of("Service"), "spec/selector")).isEqualTo(labels);
        assertThat(at(of("StatefulSet"), "spec/serviceName")).isEqualTo(at(of("Service"), "metadata/name"));
    }

    @Test
    void one_of_three_may_be_away_and_two_find_each_other_before_they_are_ready() {
        assertThat(at(of("StatefulSet"), "spec/replicas")).isEqualTo(3);
        assertThat(at(of("PodDisruptionBudget"), "spec/maxUnavailable")).isEqualTo(1);
        assertThat(at(of("StatefulSet"), "spec/podManagementPolicy")).isEqualTo("Parallel");
        assertThat(at(of("Service"), "spec/publishNotReadyAddresses")).isEqualTo(true);
        assertThat(at(of("Service"), "spec/clusterIP")).isEqualTo("None");
    }

    @Test
    void ports_are_those_of_the_settings_the_image_and_the_services() {
        assertThat(each(list(container(), "ports"), "containerPort")).hasSameElementsAs(PORTS);
        Set<Object> served = new TreeSet<>();
        manifests.stream()
                .filter(manifest -> "Service".equals(manifest.get("kind")))
                .forEach(service -> served.addAll(each(list(service, "spec/ports"), "port")));
        assertThat(served).hasSameElementsAs(PORTS);
        Matcher exposed = Pattern.compile("(?m)^EXPOSE (.*)$").matcher(image);
        assertThat(exposed.find()).isTrue();
        assertThat(Stream.of(exposed.group(1).split(" ", -1)).map(Integer::valueOf))
                .hasSameElementsAs(PORTS);
        Set<Object> let = new TreeSet<>();
        list(of("NetworkPolicy"), "spec/ingress").forEach(rule -> let.addAll(each(list(rule, "ports"), "port")));
        assertThat(let).hasSameElementsAs(PORTS);
    }

    @Test
    void probes_ask_what_a_process_answers() throws IOException {
        Set<String> answered;
        try (InputStream file = Files.newInputStream(DOCS.resolve("admin-api.yaml"))) {
            answered = map(at(map(new Yaml().load(file)), "paths")).keySet();
        }
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertThat(answered).contains((String) at(container(), probe + "/httpGet/path"));
            assertThat(each(list(container(), "ports"), "name")).contains(at(container(), probe + "/httpGet/port"));
            assertThat(at(container(), probe + "/httpGet/scheme")).isEqualTo("HTTPS");
        }
        assertThat(at(container(), "livenessProbe/httpGet/path")).isEqualTo("/health");
        assertThat(at(container(), "readinessProbe/httpGet/path")).isEqualTo("/ready");
    }

    @Test
    void a_pod_has_its_own_disk_bounds_and_no_rights() {
        assertThat(at(container(), "resources/requests/memory")).isEqualTo(at(container(), "resources/limits/memory"));
        assertThat(map(at(container(), "resources/limits"))).doesNotContainKey("cpu");
        assertThat(at(pod(), "securityContext/runAsNonRoot")).isEqualTo(true);
        assertThat(at(container(), "securityContext/readOnlyRootFilesystem")).isEqualTo(true);
        assertThat(at(container(), "securityContext/allowPrivilegeEscalation")).isEqualTo(false);
        List<Object> volumes = new ArrayList<>(each(list(pod(), "volumes"), "name"));
        volumes.addAll(each(list(of("StatefulSet"), "spec/volumeClaimTemplates"), "metadata/name"));
        assertThat(each(list(container(), "volumeMounts"), "name")).hasSameElementsAs(volumes);
        assertThat((Integer) at(pod(), "terminationGracePeriodSeconds")).isGreaterThan((int)
                NodeConfig.Membership.STANDARD.drainPatience().toSeconds());
    }

    /** Run as a pod would, with a java that does nothing; then its files are read as a node reads them. */
    @Test
    void what_a_pod_writes_before_it_starts_is_what_a_node_reads() throws Exception {
        for (String line : Page.of(DOCS.resolve("kubernetes.md"), Map.of()).commands("./assent certs ")) {
            List<String> words = new ArrayList<>(List.of(line.split(" ", -1)));
            words.addAll(List.of("--directory", directory.resolve("secrets").toString()));
            assertThat(Commands.commandLine(new dev.assent.certs.Main())
                            .execute(words.subList(2, words.size()).toArray(String[]::new)))
                    .as(line)
                    .isZero();
        }
        Path tokens =
                Files.writeString(directory.resolve("secrets/admin.tokens"), "ann operate " + "0".repeat(64) + "\n");
        Files.setPosixFilePermissions(tokens, PosixFilePermissions.fromString("rw-r-----")); // as a Secret's
        Path java = Files.writeString(
                Files.createDirectory(directory.resolve("bin")).resolve("java"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        Path script = Files.writeString(directory.resolve("start.sh"), (String) at(of("ConfigMap"), "data/start.sh"));

        ProcessBuilder builder = new ProcessBuilder("sh", script.toString()).inheritIO();
        builder.environment()
                .putAll(Map.of(
                        "HOSTNAME", "assent-1",
                        "PATH", java.getParent() + ":" + System.getenv("PATH"),
                        "ASSENT_RUN", directory.resolve("run").toString(),
                        "ASSENT_DATA", directory.resolve("data").toString(),
                        "ASSENT_SECRETS", directory.resolve("secrets").toString()));
        assertThat(builder.start().waitFor()).isZero();

        NodeConfig node = NodeProperties.read(directory.resolve("run/node.properties"));
        assertThat(node.membership().advertise()).contains("assent-1.assent:7400");
        assertThat(node.tls()).isPresent();
        ZooCfg store = ZooCfg.read(directory.resolve("run/zoo.cfg"), false);
        assertThat(store.warnings()).isEmpty();
        assertThat(store.config().self().value()).isEqualTo(2);
        assertThat(store.config().members()).hasSize(3);
    }

    @Test
    void the_image_is_pinned_runs_as_nobody_and_starts_what_there_is() throws Exception {
        List<String> lines = image.lines().toList();
        assertThat(lines.stream().filter(line -> line.startsWith("FROM ")))
                .allMatch(line -> line.matches("FROM \\S+:\\d\\S*( AS \\w+)?"));
        Matcher from = Pattern.compile("--from=(\\w+)").matcher(image);
        assertThat(from.find()).isTrue();
        assertThat(lines).anyMatch(line -> line.endsWith(" AS " + from.group(1)));
        assertThat(lines).anyMatch(line -> line.matches("USER [1-9]\\d*:[1-9]\\d*"));
        assertThat(image.indexOf("\nUSER ")).isGreaterThan(image.lastIndexOf("\nFROM "));
        assertThat(lines.get(lines.size() - 1)).startsWith("ENTRYPOINT [\"sh\", ");
        String script = (String) at(of("ConfigMap"), "data/start.sh");
        Matcher main = Pattern.compile("-cp '/opt/assent/\\*' (\\S+)").matcher(script);
        assertThat(main.find()).isTrue();
        assertThat(Class.forName(main.group(1)).getMethod("main", String[].class))
                .isNotNull();
        assertThat(lines).anyMatch(line -> line.endsWith(" /opt/assent"));
    }
}
