package dev.assent.shop.page;

import dev.assent.shop.drills.plan.Catalogue;
import dev.assent.shop.page.Picture.Kind;
import dev.assent.shop.page.Picture.Mood;
import dev.assent.shop.page.Picture.Progress;
import dev.assent.shop.page.Picture.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** A demo of which a test says how it is: what is ordered is written down, and seen on the page. Thread-safe. */
final class FakeShop implements PageSource {
    private static final long SECOND = 1_800_000_000;

    private final List<Order> acted = new CopyOnWriteArrayList<>();
    private final Map<UUID, Picture.Ordered> orders = new LinkedHashMap<>();
    private boolean open = true;
    private boolean allUp = true;
    private Optional<Picture.Check> broken = Optional.empty();
    private Map<String, State> states = Map.of();
    private List<Picture.Prepared> prepared = List.of();
    private Optional<Picture.Rehearsal> rehearsal = Optional.empty();
    private int customers = 6;

    /** Everything that was ordered, in turn. */
    List<Order> acted() {
        return List.copyOf(acted);
    }

    synchronized void starting() {
        open = false;
        allUp = false;
    }

    synchronized void started() {
        open = true;
        allUp = true;
    }

    synchronized void broken(String check, String reason) {
        broken = Optional.of(new Picture.Check(check, Mood.BAD, reason));
    }

    synchronized void struck(Map<String, State> now, Picture.Prepared held) {
        states = now;
        prepared = List.of(held);
    }

    synchronized void well() {
        states = Map.of();
        prepared = List.of();
        broken = Optional.empty();
    }

    synchronized void rehearsed(Progress how, String... lines) {
        List<Picture.Line> all = new ArrayList<>();
        for (String line : lines) {
            all.add(new Picture.Line(SECOND * 1_000 + all.size() * 1_300L, line));
        }
        rehearsal = rehearsal.map(before ->
                new Picture.Rehearsal(before.drill(), how, how == Progress.DOING ? "is being healed" : "", all));
    }

    @Override
    public synchronized Picture picture() {
        return new Picture(
                open,
                true,
                12_400,
                steps(),
                parts(),
                new Picture.Traffic(customers, 24, 1_204 + orders.size(), 187, 1, 14, seconds()),
                new Picture.Shop(shelves(), customers(), flows(), List.copyOf(orders.values())),
                prepared,
                checks(),
                new Picture.Drills(drills(), rehearsal),
                List.of(
                        new Picture.Line(SECOND * 1_000, "everything is up"),
                        new Picture.Line(SECOND * 1_000 - 4_000, "the shop is open")));
    }

    private List<Picture.Step> steps() {
        Progress late = allUp ? Progress.DONE : Progress.DOING;
        Progress last = allUp ? Progress.DONE : Progress.WAITING;
        return List.of(
                new Picture.Step("node-1", Progress.DONE, "", 4_200),
                new Picture.Step("node-2", Progress.DONE, "", 4_100),
                new Picture.Step("postgres-1", Progress.DONE, "", 900),
                new Picture.Step("order", late, "", 5_600),
                new Picture.Step("relay", last, "order", 0));
    }

    private static List<Picture.Second> seconds() {
        List<Picture.Second> all = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            all.add(new Picture.Second(SECOND + i, i > 70 && i < 76 ? 0 : 40 + i % 9, i % 5, i == 71 ? 3 : 0));
        }
        return all;
    }

    private List<Picture.Part> parts() {
        List<Picture.Part> parts = new ArrayList<>();
        for (String service : List.of("order", "inventory", "payment")) {
            parts.add(part(service, Kind.SERVICE, ""));
        }
        for (String node : List.of("node-1", "node-2", "node-3")) {
            parts.add(new Picture.Part(
                    node,
                    Kind.NODE,
                    state(node),
                    node.equals("node-2"),
                    node.equals("node-2") ? "leads 12 shards" : "leads 10 shards",
                    Optional.of("http://127.0.0.1:1/")));
        }
        parts.add(part("postgres-1", Kind.DATABASE, "order"));
        parts.add(part("postgres-2", Kind.DATABASE, "inventory, payment"));
        parts.add(part("relay", Kind.RELAY, "outbox to topic"));
        parts.add(part("kafka", Kind.BROKER, "topic orders"));
        return parts;
    }

    private Picture.Part part(String name, Kind kind, String note) {
        return new Picture.Part(name, kind, state(name), false, note, Optional.empty());
    }

    private State state(String name) {
        return states.getOrDefault(name, allUp ? State.UP : State.STARTING);
    }

    private static List<Picture.Shelf> shelves() {
        List<Picture.Shelf> shelves = new ArrayList<>();
        shelves.add(new Picture.Shelf("item-sold-out", 199, 0));
        for (int i = 0; i < 25; i++) {
            shelves.add(new Picture.Shelf("item-" + i, 199 + i * 150L, 100_000 - i * 37L));
        }
        return shelves;
    }

    private static List<String> customers() {
        return List.of("customer-0", "customer-1", "customer-broke");
    }

    private static List<Picture.Flow> flows() {
        return List.of(
                new Picture.Flow("strong", "One transaction over three services and databases."),
                new Picture.Flow("eventual", "The order is taken here; goods and money follow by events."));
    }

    private static List<Picture.Drill> drills() {
        return Catalogue.all().stream()
                .map(drill -> new Picture.Drill(
                        drill.name(),
                        drill.hypothesis(),
                        drill.fault().text(),
                        drill.name().startsWith("leader-disk")
                                ? Optional.of("not here: there is no C compiler")
                                : Optional.empty()))
                .toList();
    }

    private List<Picture.Check> checks() {
        List<Picture.Check> all = new ArrayList<>(List.of(
                new Picture.Check("money", Mood.GOOD, "every cent is on an account or paid"),
                new Picture.Check("goods", Mood.GOOD, "every piece is on the shelf or reserved"),
                new Picture.Check("orders", Mood.GOOD, "what is paid is reserved and ordered, and the other way round"),
                new Picture.Check("in doubt", Mood.GOOD, "nothing is prepared for more than a moment")));
        broken.ifPresent(check -> all.replaceAll(one -> one.name().equals(check.name()) ? check : one));
        return all;
    }

    @Override
    public Told act(Order order) {
        acted.add(order);
        return order.accept(new Acts());
    }

    private final class Acts implements Order.Handler<Told> {
        @Override
        public Told buy(Order.Buy order) {
            if (order.item().equals("item-sold-out")) {
                return new Told(Told.Result.REFUSED, "Nothing was bought: not enough of item-sold-out on stock.");
            }
            synchronized (FakeShop.this) {
                orders.putIfAbsent(order.token(), ordered(order, "paid", List.of("refund")));
            }
            return new Told(
                    Told.Result.DONE, "Order " + order.token().toString().substring(0, 8) + " is taken.");
        }

        @Override
        public Told refund(Order.Refund order) {
            synchronized (FakeShop.this) {
                Picture.Ordered before = Optional.ofNullable(orders.get(order.order()))
                        .orElseThrow(() -> new IllegalArgumentException("there is no such order"));
                orders.put(
                        order.order(),
                        new Picture.Ordered(
                                before.id(),
                                before.customer(),
                                before.item(),
                                before.quantity(),
                                before.amountCents(),
                                before.flow(),
                                "refunded",
                                Mood.GOOD,
                                "",
                                before.ageMillis(),
                                List.of()));
            }
            return new Told(Told.Result.DONE, "The money is back.");
        }

        @Override
        public Told cancel(Order.Cancel order) {
            return new Told(Told.Result.REFUSED, "It is paid.");
        }

        @Override
        public Told load(Order.Load order) {
            synchronized (FakeShop.this) {
                customers = order.customers();
            }
            return new Told(Told.Result.DONE, order.customers() + " customers shop.");
        }

        @Override
        public Told strike(Order.Strike order) {
            synchronized (FakeShop.this) {
                rehearsal = Optional.of(
                        new Picture.Rehearsal(order.drill(), Progress.DOING, "waits for its moment", List.of()));
            }
            return new Told(Told.Result.DONE, order.drill() + " has begun.");
        }
    }

    private static Picture.Ordered ordered(Order.Buy order, String status, List<String> actions) {
        return new Picture.Ordered(
                order.token().toString(),
                order.customer(),
                order.item(),
                order.quantity(),
                199L * order.quantity(),
                order.flow(),
                status,
                Mood.GOOD,
                "",
                400,
                actions);
    }
}
