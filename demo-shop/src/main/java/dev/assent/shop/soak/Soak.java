package dev.assent.shop.soak;

import dev.assent.coordination.server.FreePorts;
import dev.assent.shop.demo.parts.AuditResult;
import dev.assent.shop.demo.parts.Auditor;
import dev.assent.shop.demo.parts.CheckoutClient;
import dev.assent.shop.demo.parts.Shop;
import dev.assent.shop.demo.parts.ShopLayout;
import dev.assent.shop.demo.parts.Victims;
import dev.assent.shop.order.OrderStatus;
import dev.assent.shop.platform.Pauses;
import dev.assent.store.StoreSession;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** One soak: the shop starts, everybody buys, some die, all comes to rest, and is judged. */
final class Soak {
    /** Above the longest wait for a purchase and for its undoing. */
    private static final long LAST_ANSWER_MILLIS = 190_000;

    /** In which everything has to come to rest: events of a broker that was just killed, leases of a dead relay. */
    private static final Duration REST_MAX = Duration.ofMinutes(3);

    /** Longer than anybody asks what became of a purchase. */
    private static final Duration SAGAS_KEPT = Duration.ofMinutes(4);

    /** In which the store has to forget: ended sagas are deleted ten minutes together, looked for every minute. */
    private static final Duration FORGOTTEN_MAX = SAGAS_KEPT.plusMinutes(12);

    private static final long LOOK_MILLIS = 500;
    private static final long FORGETTING_MILLIS = 10_000;

    /** The share of the time in which anybody may die, and everything warms up. */
    private static final double BEGINNING = 0.25;

    private final ShopLayout layout;
    private final PrintStream out;
    private final SplittableRandom random;
    private final Promises promises = new Promises();
    private final Auditor auditor;
    private final long beganNanos = System.nanoTime();

    Soak(Path directory, long seed, PrintStream out) throws IOException {
        this.layout = ShopLayout.plan(directory, new FreePorts(new SplittableRandom()));
        this.out = out;
        this.random = new SplittableRandom(seed);
        this.auditor = new Auditor(layout::databaseUrl);
    }

    /**
     * What came of it.
     *
     * @param faults in words; empty when everything held
     */
    record Result(
            Map<String, Promises.Counts> counts, int blows, int znodesIdle, int znodesAfter, List<String> faults) {}

    Result run(Duration length, int customers) throws IOException, InterruptedException, SQLException {
        List<String> faults = new ArrayList<>();
        try (Shop shop = new Shop(layout, this::progress)) {
            shop.keepSagas(SAGAS_KEPT);
            shop.start();
            Census idle = census();
            progress("everything is up; /assent has " + idle.all() + " znodes");
            Striker striker = new Striker(shop, new Victims(layout), random.split(), this::progress);
            Buyers buyers = new Buyers(
                    new CheckoutClient(layout.orderPort(), layout.tls().customers()),
                    promises,
                    customers,
                    random.split());
            long startNanos = System.nanoTime();
            buyers.start();
            striker.strikeUntil(startNanos + (long) (length.toNanos() * BEGINNING));
            Map<String, Footprint> before = footprints(shop, striker.spared());
            progress("spared from now on, and measured: " + before.keySet());
            striker.strikeOthersUntil(startNanos + length.toNanos());
            buyers.sendHome(LAST_ANSWER_MILLIS);
            progress("the last customer has an answer");
            buyers.lastPurchases(REST_MAX)
                    .forEach(flow -> faults.add("nobody could buy in the flow " + flow + " any more"));
            promises.neverCommitted().forEach(flow -> faults.add("nothing was ever bought in the flow " + flow));
            Census after = rest(idle, faults);
            faults.addAll(striker.faults());
            Map<String, Footprint> now = footprints(shop, striker.spared());
            before.forEach((name, then) -> compare(name, then, Optional.ofNullable(now.get(name)), faults));
            judge(faults);
            return new Result(promises.counts(), striker.blows(), idle.all(), after.all(), faults);
        }
    }

    private void compare(String name, Footprint before, Optional<Footprint> now, List<String> faults) {
        Footprint then = now.orElseThrow();
        progress(name + ": " + before.text() + "; now " + then.text());
        then.growthSince(before).forEach(grown -> faults.add(name + ": " + grown));
    }

    private Map<String, Footprint> footprints(Shop shop, List<String> names) throws IOException, InterruptedException {
        Map<String, Footprint> all = new TreeMap<>();
        for (String name : names) {
            all.put(name, Footprints.of(shop.process(name).pid()));
        }
        return all;
    }

    private Census census() throws IOException {
        try (StoreSession store = StoreSession.open(layout.store())) {
            return Census.take(store);
        }
    }

    /** Waits until nothing is prepared, on its way, or left over in the store. */
    private Census rest(Census idle, List<String> faults) throws IOException, InterruptedException, SQLException {
        long began = System.nanoTime();
        while (!(auditor.inDoubt() == 0
                        && auditor.underWay() == 0
                        && auditor.audit().holds())
                && System.nanoTime() - began < REST_MAX.toNanos()) {
            Pauses.pause(LOOK_MILLIS);
        }
        Census now = census();
        progress("at rest, or waited for long enough, after " + secondsSince(began) + " s; /assent has " + now.all()
                + " znodes");
        long underWay = auditor.underWay();
        if (underWay > 0) {
            faults.add("stuck: " + underWay + " orders, messages, tries or shipments are on their way for "
                    + REST_MAX.toSeconds() + " s");
        }
        while (!now.above(idle).isEmpty() && System.nanoTime() - began < FORGOTTEN_MAX.toNanos()) {
            Pauses.pause(FORGETTING_MILLIS);
            now = census();
        }
        progress("what has ended is forgotten, or was waited for long enough, after " + secondsSince(began)
                + " s; /assent has " + now.all() + " znodes");
        faults.addAll(now.above(idle));
        return now;
    }

    private static long secondsSince(long beganNanos) {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beganNanos);
    }

    private void judge(List<String> faults) throws SQLException {
        AuditResult audit = auditor.audit();
        faults.addAll(audit.violations());
        count(audit.inDoubt(), "branches stay prepared", faults);
        count(audit.lost(), "orders whose event had no effect", faults);
        count(audit.duplicates(), "events had their effect more than once", faults);
        Map<UUID, OrderStatus> statuses = auditor.statuses();
        faults.addAll(promises.broken(statuses));
    }

    private static void count(long number, String what, List<String> faults) {
        if (number > 0) {
            faults.add(number + " " + what);
        }
    }

    private void progress(String what) {
        Promises.Counts all =
                promises.counts().values().stream().reduce(new Promises.Counts(0, 0, 0), Promises.Counts::plus);
        out.printf(
                Locale.ROOT,
                "%6.1f s  committed %d  rolled back %d  unknown %d  %s%n",
                (System.nanoTime() - beganNanos) / 1e9,
                all.committed(),
                all.rolledBack(),
                all.unknown(),
                what);
        out.flush();
    }
}
