package dev.assent.shop.demo.parts;

import dev.assent.coordination.server.FreePorts;
import dev.assent.security.TlsFiles;
import dev.assent.shop.platform.DatabaseTls;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Who listens where, and the configuration files that say so to the processes.
 *
 * @param coordination an existing ensemble; empty when the nodes bring their own servers
 * @param tls what the processes show each other
 * @param acceptors where the services are asked as acceptors of transactions in three phases
 * @param threePhase whether checkouts that do not say it are committed so
 */
public record ShopLayout(
        Path directory,
        List<Node> nodes,
        Optional<String> coordination,
        int postgres1Port,
        int postgres2Port,
        KafkaPorts kafka,
        ServicePorts services,
        ShopTls tls,
        ServicePorts acceptors,
        boolean threePhase) {
    /** The payment service's name on another host, should its own be lost; nodes let nobody in who is not listed. */
    public static final String PAYMENT_ELSEWHERE = "payment-2";

    private static final int NODES = 3;
    private static final List<String> SERVICES = List.of("order", "inventory", "payment");

    /** A dead node is taken over this soon; the embedded servers' tick allows it. */
    private static final int SESSION_TIMEOUT_MILLIS = 2_000;

    private static final int TICK_MILLIS = 500;

    public ShopLayout {
        nodes = List.copyOf(nodes);
    }

    /** One coordinator node. */
    public record Node(String name, int id, int port, int adminPort, int clientPort, int peerPort, int electionPort) {}

    /** The broker's ports; the same ones whenever it is started. */
    public record KafkaPorts(int broker, int controller) {}

    /** The services' ports. */
    public record ServicePorts(int order, int inventory, int payment) {
        int of(String service) {
            return switch (service) {
                case "order" -> order;
                case "inventory" -> inventory;
                case "payment" -> payment;
                default -> throw new IllegalArgumentException("there is no service '" + service + "'");
            };
        }
    }

    /** Of a shop that brings its own store, and commits in two phases what does not say otherwise. */
    public static ShopLayout plan(Path directory, FreePorts ports) throws IOException {
        return plan(directory, Optional.empty(), false, ports);
    }

    public static ShopLayout plan(DemoOptions options, FreePorts ports) throws IOException {
        return plan(options.directory().path(), options.coordination(), options.threePhase(), ports);
    }

    private static ShopLayout plan(Path home, Optional<String> coordination, boolean threePhase, FreePorts ports)
            throws IOException {
        List<Node> nodes = new ArrayList<>();
        for (int id = 1; id <= NODES; id++) {
            nodes.add(new Node("node-" + id, id, ports.next(), ports.next(), ports.next(), ports.next(), ports.next()));
        }
        Path directory = home.toAbsolutePath();
        return new ShopLayout(
                directory,
                nodes,
                coordination,
                ports.next(),
                ports.next(),
                new KafkaPorts(ports.next(), ports.next()),
                new ServicePorts(ports.next(), ports.next(), ports.next()),
                ShopTls.in(directory),
                new ServicePorts(ports.next(), ports.next(), ports.next()),
                threePhase);
    }

    public int kafkaPort() {
        return kafka.broker();
    }

    public int orderPort() {
        return services.order();
    }

    public int inventoryPort() {
        return services.inventory();
    }

    public int paymentPort() {
        return services.payment();
    }

    /** A service's settings as a participant of three-phase transactions, in the process {@code name}. */
    public List<String> acceptor(String service, String name) {
        List<String> arguments = new ArrayList<>(List.of(
                "--assent.acceptor.directory=" + directory.resolve(name).resolve("acceptor"),
                "--assent.acceptor.listen=127.0.0.1:" + acceptors.of(service)));
        if (threePhase) {
            arguments.add("--assent.protocol=three-phase");
        }
        return arguments;
    }

    /** How a service reaches the store. */
    public List<String> storeArguments(String service) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--shop.store.connect=" + connectString()));
        if (coordination.isEmpty()) {
            ShopTls.settings("--shop.store.", tls.service(service)).forEach(arguments::add);
        }
        return arguments;
    }

    /** The output of a process of ours. */
    public Path log(String name) {
        return directory.resolve(name).resolve(name + ".log");
    }

    /** Whether a coordinator node bears that name. */
    public boolean hasNode(String name) {
        return nodes.stream().anyMatch(node -> node.name().equals(name));
    }

    /** Every node, as services dial them. */
    public String targets() {
        return nodes.stream().map(node -> "127.0.0.1:" + node.port()).collect(Collectors.joining(","));
    }

    /** The ensemble, as ZooKeeper clients dial it. */
    public String connectString() {
        return coordination.orElseGet(() ->
                nodes.stream().map(node -> "127.0.0.1:" + node.clientPort()).collect(Collectors.joining(",")));
    }

    /** The ensemble, for the run itself; one that was there before is spoken with in plain text. */
    public StoreConfig store() throws IOException {
        StoreConfig plain = StoreConfig.of(connectString());
        return coordination.isPresent() ? plain : plain.withTls(Optional.of(StoreTls.of(tls.run())));
    }

    /** For the run itself. */
    public String databaseUrl(String database) {
        return databaseUrl(database, tls.run());
    }

    private String databaseUrl(String database, TlsFiles client) {
        int port = database.equals("order") ? postgres1Port : postgres2Port;
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres"
                + DatabaseTls.parameters(client);
    }

    /**
     * For a service, in the process {@code name}, which gives up on a row that somebody holds for too long, rather than wait
     * for ever.
     */
    public String serviceDatabaseUrl(String service, String name) throws IOException {
        return databaseUrl(service, tls.service(name)) + "&options=-c%20lock_timeout=15s";
    }

    /** For the process that only hears. */
    public List<String> shippingArguments(String name) throws IOException {
        TlsFiles shown = tls.other(name);
        return List.of(
                "--database-url=" + databaseUrl(name, shown),
                "--kafka=" + brokers(),
                "--kafka-keystore=" + tls.certificates().keystore(name),
                "--kafka-trust=" + shown.trust());
    }

    /** As Kafka's clients dial it. */
    public String brokers() {
        return "127.0.0.1:" + kafkaPort();
    }

    /** For a client of Kafka's that belongs to the run itself. */
    public Map<String, String> kafkaClient() {
        Map<String, String> settings = new HashMap<>(tls.kafkaOfRun());
        settings.put("bootstrap.servers", brokers());
        return settings;
    }

    /** Writes a node's configuration, and returns its file. */
    public Path nodeProperties(String name) throws IOException {
        Node node = nodes.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no process '" + name + "' in this run"));
        Path home = Files.createDirectories(directory.resolve(name));
        List<String> lines = new ArrayList<>(List.of(
                "listen=127.0.0.1:" + node.port(),
                "node.name=" + name,
                "coordination.sessionTimeout=" + SESSION_TIMEOUT_MILLIS + "ms"));
        TlsFiles shown = tls.node(node);
        lines.addAll(ShopTls.settings("tls.", shown));
        lines.addAll(List.of(
                "agents=order,inventory,payment," + PAYMENT_ELSEWHERE,
                "agent.order.resources=order",
                "agent.inventory.resources=inventory,inventory-tcc",
                "agent.inventory.joins=order",
                "agent.payment.resources=payment,payment-tcc",
                "agent.payment.joins=order",
                "agent." + PAYMENT_ELSEWHERE + ".resources=payment,payment-tcc",
                "agent." + PAYMENT_ELSEWHERE + ".joins=order"));
        lines.addAll(console(node, shown));
        lines.add("acceptor.directory=acceptor");
        if (coordination.isPresent()) {
            lines.add("coordination.connect=" + coordination.get());
        } else {
            lines.add("coordination.config=zoo.cfg");
            writeZooCfg(home, node, shown);
        }
        return Files.write(home.resolve("node.properties"), lines);
    }

    /** Its console, with what the databases hold prepared. */
    private List<String> console(Node node, TlsFiles shown) {
        List<String> lines = new ArrayList<>(
                List.of("admin.listen=127.0.0.1:" + node.adminPort(), "admin.databases=" + String.join(",", SERVICES)));
        SERVICES.forEach(service -> lines.add("admin.database." + service + ".url=" + databaseUrl(service, shown)));
        return lines;
    }

    /** Where the nodes' consoles are. */
    public String consoles() {
        return nodes.stream()
                .map(node -> "http://127.0.0.1:" + node.adminPort() + "/")
                .collect(Collectors.joining(" "));
    }

    private void writeZooCfg(Path home, Node node, TlsFiles shown) throws IOException {
        Path data = Files.createDirectories(home.resolve("data"));
        Files.writeString(data.resolve("myid"), Integer.toString(node.id()));
        List<String> lines = new ArrayList<>(List.of(
                "tickTime=" + TICK_MILLIS,
                "initLimit=20",
                "syncLimit=8",
                "dataDir=" + data,
                "secureClientPort=" + node.clientPort(),
                "secureClientPortAddress=127.0.0.1"));
        lines.addAll(ShopTls.settings("assent.tls.", shown));
        for (Node member : nodes) {
            lines.add("server." + member.id() + "=127.0.0.1:" + member.peerPort() + ":" + member.electionPort());
        }
        Files.write(home.resolve("zoo.cfg"), lines);
    }

    /** Writes the relay's configuration, and returns its file. */
    public Path relayProperties() throws IOException {
        Path home = Files.createDirectories(directory.resolve("relay"));
        List<String> lines = new ArrayList<>(List.of(
                "relay.name=orders",
                "database.url=" + databaseUrl("order", tls.relay()),
                "database.user=postgres",
                "kafka.bootstrap.servers=" + brokers(),
                "coordination.connect=" + connectString()));
        if (coordination.isEmpty()) {
            lines.addAll(ShopTls.settings("coordination.tls.", tls.relay()));
        }
        tls.kafka("relay", tls.relay()).forEach((key, value) -> lines.add("kafka." + key + "=" + value));
        return Files.write(home.resolve("relay.properties"), lines);
    }
}
