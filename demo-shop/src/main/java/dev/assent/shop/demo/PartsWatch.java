package dev.assent.shop.demo;

import dev.assent.shop.demo.parts.KillTarget;
import dev.assent.shop.demo.parts.Shop;
import dev.assent.shop.demo.parts.ShopLayout;
import dev.assent.shop.page.Picture;
import dev.assent.shop.page.Picture.Kind;
import dev.assent.shop.page.Picture.State;
import dev.assent.shop.platform.ChildProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How each process of the shop is: by its process, by whether it answers, and, of nodes, by what they say of who leads. Each
 * node is asked on a thread of its own. Thread-safe.
 */
final class PartsWatch implements AutoCloseable {
    private static final long LOOK_MILLIS = 500;
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(1);

    private final Shop shop;
    private final Ledgers ledgers;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(ANSWER_TIMEOUT).build();
    private final JsonMapper json = JsonMapper.builder().build();
    private final Map<String, Repeating> looks = new HashMap<>();

    /** How many shards each node leads, as the node of that name said last. */
    private final Map<String, Leads> said = new ConcurrentHashMap<>();

    private record Leads(long atNanos, Map<String, Integer> byNode) {}

    PartsWatch(Shop shop, Ledgers ledgers) {
        this.shop = shop;
        this.ledgers = ledgers;
        for (ShopLayout.Node node : shop.layout().nodes()) {
            looks.put(node.name(), Repeating.begin(node.name(), LOOK_MILLIS, () -> ask(node)));
        }
    }

    private void ask(ShopLayout.Node node) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.adminPort() + "/api/shards"))
                .timeout(ANSWER_TIMEOUT)
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(node.name() + " answered " + response.statusCode());
        }
        Map<String, Integer> leads = new HashMap<>();
        try {
            for (JsonNode shard : json.readTree(response.body()).path("shards")) {
                String name = shard.path("node").asString("");
                if (!name.isEmpty()) {
                    leads.merge(name, 1, Integer::sum);
                }
            }
        } catch (JacksonException broken) {
            throw new IOException(node.name() + " answered no JSON", broken);
        }
        said.put(node.name(), new Leads(System.nanoTime(), leads));
    }

    /** All of them. */
    List<Picture.Part> parts() {
        Map<String, Integer> leads = said.values().stream()
                .max((one, other) -> Long.compare(one.atNanos(), other.atNanos()))
                .map(Leads::byNode)
                .orElse(Map.of());
        int most = leads.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        String leader = shop.layout().nodes().stream()
                .map(ShopLayout.Node::name)
                .filter(name -> most > 0 && leads.getOrDefault(name, 0) == most)
                .findFirst()
                .orElse("");
        List<Picture.Part> parts = new ArrayList<>();
        for (String service : KillTarget.SERVICES) {
            parts.add(part(service, Kind.SERVICE, Optional.empty(), ""));
        }
        parts.add(part(Shop.SHIPPING, Kind.SERVICE, Optional.empty(), "hears events only"));
        for (ShopLayout.Node node : shop.layout().nodes()) {
            int shards = leads.getOrDefault(node.name(), 0);
            State state = state(node.name(), trouble(node.name()));
            parts.add(new Picture.Part(
                    node.name(),
                    Kind.NODE,
                    state,
                    node.name().equals(leader) && state != State.DEAD,
                    state == State.STARTING || leads.isEmpty() ? "" : "leads " + shards + " shards",
                    Optional.of("http://127.0.0.1:" + node.adminPort() + "/")));
        }
        parts.add(part(Shop.POSTGRES_1, Kind.DATABASE, ledgers.trouble("order"), "order"));
        parts.add(part(
                Shop.POSTGRES_2,
                Kind.DATABASE,
                ledgers.trouble("payment").or(() -> ledgers.trouble("inventory")),
                "inventory, payment, shipping"));
        parts.add(part(Shop.RELAY, Kind.RELAY, Optional.empty(), "outbox to topic"));
        parts.add(part(Shop.BROKER, Kind.BROKER, Optional.empty(), "topic orders"));
        return parts;
    }

    private Picture.Part part(String name, Kind kind, Optional<String> trouble, String note) {
        return new Picture.Part(name, kind, state(name, trouble), false, note, Optional.empty());
    }

    private Optional<String> trouble(String node) {
        return Optional.ofNullable(looks.get(node)).flatMap(Repeating::trouble);
    }

    private State state(String name, Optional<String> trouble) {
        if (!shop.startUp().isDone(name)) {
            return State.STARTING;
        }
        ChildProcess process = shop.process(name.equals("payment") ? shop.payment() : name);
        if (!process.isAlive()) {
            return State.DEAD;
        }
        if (isStopped(process.pid())) {
            return State.FROZEN;
        }
        if (!process.isReady()) {
            return State.STARTING;
        }
        return trouble.isPresent() ? State.SILENT : State.UP;
    }

    /** As Linux says it; elsewhere nobody is seen to be frozen. */
    private static boolean isStopped(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            return stat.startsWith(" T", stat.lastIndexOf(')') + 1);
        } catch (IOException gone) {
            return false;
        }
    }

    @Override
    public void close() {
        looks.values().forEach(Repeating::close);
    }
}
