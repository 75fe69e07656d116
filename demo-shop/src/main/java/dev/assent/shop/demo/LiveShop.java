package dev.assent.shop.demo;

import dev.assent.shop.demo.parts.Auditor;
import dev.assent.shop.demo.parts.CheckoutClient;
import dev.assent.shop.demo.parts.Detours;
import dev.assent.shop.demo.parts.KillTarget;
import dev.assent.shop.demo.parts.Shop;
import dev.assent.shop.demo.parts.ShopLayout;
import dev.assent.shop.demo.parts.Tally;
import dev.assent.shop.drills.plan.Catalogue;
import dev.assent.shop.drills.plan.Drill;
import dev.assent.shop.drills.run.DrillTarget.Meanwhile;
import dev.assent.shop.drills.shop.ShopMachines;
import dev.assent.shop.drills.shop.ShopStrikes;
import dev.assent.shop.page.Order;
import dev.assent.shop.page.Picture;
import dev.assent.shop.page.Told;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The shop of a demo that goes on until it is stopped: everything that is watched in it, who shops in it, and what whoever
 * looks has done to it. Thread-safe.
 */
final class LiveShop implements AutoCloseable {
    private static final long PULSE_MILLIS = 250;
    private static final long SECOND_MILLIS = 1_000;

    /** During a drill. */
    private static final int CUSTOMERS_MIN = 3;

    private final Shop shop;
    private final Optional<ShopMachines> machines;
    private final Tally tally;
    private final Ledgers ledgers;
    private final PartsWatch parts;
    private final Seconds seconds;
    private final Counter counter;
    private final Optional<Crowd> crowd;
    private final Rehearsals rehearsals;
    private final Auditor auditor;
    private final Watchful watchful = new Watchful();
    // Of the pulse's thread alone.
    private final List<String> opened = new ArrayList<>();
    private final List<Repeating> pulses = new ArrayList<>();
    private volatile List<Picture.Check> checks = List.of();

    /**
     * What is watched.
     *
     * @param detours where transactions are cut
     * @param machines empty: nothing is drilled
     * @param crowd empty: who shops is not ours to say
     */
    LiveShop(
            Shop shop,
            Detours detours,
            Optional<ShopMachines> machines,
            CheckoutClient client,
            Tally tally,
            Answers answers,
            Optional<Crowd> crowd,
            News news) {
        ShopLayout layout = shop.layout();
        this.shop = shop;
        this.machines = machines;
        this.tally = tally;
        this.crowd = crowd;
        this.auditor = new Auditor(layout::databaseUrl);
        this.ledgers = new Ledgers(layout, answers);
        this.parts = new PartsWatch(shop, ledgers);
        this.seconds = new Seconds(tally);
        this.counter = new Counter(client, tally, answers);
        this.rehearsals = new Rehearsals(
                (drill, say) -> ShopStrikes.strike(
                        drill.fault(),
                        new ShopStrikes(
                                shop,
                                detours,
                                auditor,
                                machines.orElseThrow().machines(),
                                Optional.empty(),
                                say,
                                Meanwhile.NOT_ASKED)),
                () -> checks,
                () -> tally.figures().committed(),
                news::add);
        pulses.add(Repeating.begin("the start", PULSE_MILLIS, this::pulse));
        pulses.add(Repeating.begin("the clock", SECOND_MILLIS, seconds::tick));
        crowd.ifPresent(
                all -> pulses.add(Repeating.begin("unknown outcomes", SECOND_MILLIS, () -> all.askAgain(auditor))));
    }

    /** Tables are there once their service is up. */
    private void pulse() {
        for (String service : KillTarget.SERVICES) {
            if (shop.startUp().isDone(service) && !opened.contains(service)) {
                opened.add(service);
                ledgers.open(service);
            }
        }
        if (isOpen()) {
            judge();
        }
    }

    private void judge() {
        Ledgers.Orders orders = ledgers.orders();
        Ledgers.Goods goods = ledgers.goods();
        Ledgers.Money money = ledgers.money();
        checks = watchful.judge(
                orders,
                goods,
                money,
                ledgers.prepared(),
                new Watchful.Known(ledgers.trouble("order"), ledgers.trouble("inventory"), ledgers.trouble("payment")),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        char digit = orders.statuses().digit();
        if (goods.reserved().digit() == digit && money.paid().digit() == digit) {
            ledgers.turn();
        }
    }

    /** Whether checkouts are possible. */
    boolean isOpen() {
        return shop.isOpen();
    }

    /** How many branches were prepared at the last look. */
    int prepared() {
        return ledgers.prepared().size();
    }

    Picture picture(boolean hands, long sinceStartMillis, List<Picture.Line> news) {
        Tally.Figures now = tally.figures();
        Ledgers.Orders orders = ledgers.orders();
        return new Picture(
                isOpen(),
                hands,
                sinceStartMillis,
                shop.startUp().steps(),
                parts.parts(),
                new Picture.Traffic(
                        crowd.map(Crowd::wanted).orElse(0),
                        Crowd.CUSTOMERS_MAX,
                        now.committed(),
                        now.rolledBack(),
                        now.unknown(),
                        orders.messages(),
                        seconds.last()),
                new Picture.Shop(
                        ledgers.goods().shelves(), ledgers.money().customers(), Counter.FLOWS, orders.latest()),
                ledgers.prepared(),
                checks,
                new Picture.Drills(drills(hands), rehearsals.last()),
                news);
    }

    private List<Picture.Drill> drills(boolean hands) {
        return hands
                ? Catalogue.all().stream()
                        .map(drill -> new Picture.Drill(
                                drill.name(), drill.hypothesis(), drill.fault().text(), lacks(drill)))
                        .toList()
                : List.of();
    }

    private Optional<String> lacks(Drill drill) {
        return machines.flatMap(all -> all.lacks(drill));
    }

    Told act(Order order) throws InterruptedException {
        return order.accept(new Acts()).carriedOut();
    }

    /** What an order means; done later, since deeds may be interrupted. */
    @FunctionalInterface
    private interface Act {
        Told carriedOut() throws InterruptedException;
    }

    private final class Acts implements Order.Handler<Act> {
        @Override
        public Act buy(Order.Buy order) {
            return () -> counter.buy(order);
        }

        @Override
        public Act refund(Order.Refund order) {
            return () -> counter.refund(order.order());
        }

        @Override
        public Act cancel(Order.Cancel order) {
            return () -> counter.cancel(order.order());
        }

        @Override
        public Act load(Order.Load order) {
            return () -> {
                crowd.orElseThrow().want(order.customers());
                return new Told(Told.Result.DONE, order.customers() + " customers shop.");
            };
        }

        @Override
        public Act strike(Order.Strike order) {
            Drill drill = Catalogue.named(order.drill())
                    .orElseThrow(() -> new IllegalArgumentException("there is no drill '" + order.drill() + "'"));
            return () -> struck(drill);
        }
    }

    /** A moment in a transaction does not come unless somebody shops. */
    private Told struck(Drill drill) {
        Optional<String> lacks = lacks(drill);
        if (lacks.isPresent()) {
            return new Told(Told.Result.REFUSED, lacks.get());
        }
        if (!shop.startUp().isDone(Shop.RELAY)) {
            return new Told(Told.Result.REFUSED, "Not everything is up yet.");
        }
        Crowd customers = crowd.orElseThrow();
        if (customers.wanted() < CUSTOMERS_MIN) {
            customers.want(CUSTOMERS_MIN);
        }
        return rehearsals.begin(drill);
    }

    @Override
    public void close() {
        rehearsals.close();
        pulses.forEach(Repeating::close);
        parts.close();
        ledgers.close();
    }
}
