package dev.assent.shop.drill;

import dev.assent.coordination.server.FreePorts;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** One run of the demo: start, shop, break, heal, judge. */
final class Drill {
    private static final long SUMMARY_SECONDS = 2;

    private final DemoOptions options;
    private final PrintStream out;
    private final Tally tally = new Tally();
    private final long beganNanos = System.nanoTime();
    private volatile boolean signalled;
    private volatile boolean held;
    private volatile boolean ended;
    private volatile Optional<Blackout.Seen> blackout = Optional.empty();

    Drill(DemoOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /** Whether every invariant held; also true when the run was ended by a signal, and so was not judged. */
    boolean run() throws IOException, InterruptedException, SQLException {
        FreePorts ports = new FreePorts(new SplittableRandom());
        ShopLayout layout = ShopLayout.plan(options, ports);
        CheckoutClient client =
                new CheckoutClient(layout.orderPort(), layout.tls().customers());
        try (Shop shop = new Shop(layout, this::progress);
                CheckoutDriver driver = new CheckoutDriver(client, tally, options)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(driver, shop), "end-of-the-run"));
            shop.start();
            Seeder.seed(layout);
            announce(layout);
            Auditor auditor = auditor(layout);
            shopAndBreak(shop, driver, auditor);
            held = signalled || waitAndJudge(new Quiescence(driver, client, auditor), auditor);
            return held;
        } catch (IOException | SQLException failed) {
            if (signalled) {
                return true;
            }
            throw failed;
        } finally {
            ended = true;
        }
    }

    /** On a signal: the customers go first, so that nobody waits for what is being stopped. */
    private void end(CheckoutDriver driver, Shop shop) {
        if (!ended) {
            signalled = true;
            progress("stopping everything");
        }
        driver.close();
        shop.close();
        if (signalled || held) {
            tidy();
        }
    }

    /** What failed or was violated may have to be looked into; of anything else only the logs are kept. */
    private void tidy() {
        try {
            options.directory().shrink();
        } catch (IOException stuck) {
            System.err.println("assent demo: " + options.directory().path() + " could not be tidied up: " + stuck);
        }
    }

    private void shopAndBreak(Shop shop, CheckoutDriver driver, Auditor auditor)
            throws IOException, InterruptedException, SQLException {
        ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor();
        Future<?> ticking =
                ticker.scheduleAtFixedRate(() -> summary(auditor), SUMMARY_SECONDS, SUMMARY_SECONDS, TimeUnit.SECONDS);
        try {
            driver.start();
            int checkouts = options.checkouts().orElse(Integer.MAX_VALUE);
            DrillPlan plan = DrillPlan.draw(options.seed(), Math.min(checkouts, 1_000));
            Fault fault = new Fault(shop, options.kill(), plan, tally, this::progress, auditor);
            fault.inject();
            blackout = fault.blackout();
            driver.join();
        } finally {
            ticking.cancel(false);
            ticker.shutdown();
        }
    }

    private boolean waitAndJudge(Quiescence quiescence, Auditor auditor) throws InterruptedException, SQLException {
        progress("waiting for quiescence");
        quiescence.await(options.quiescence());
        tally.reasons().forEach((reason, count) -> out.println("         rolled back " + count + " times: " + reason));
        return judge(tally.figures(), auditor.audit());
    }

    private static Auditor auditor(ShopLayout layout) {
        return new Auditor(layout.databaseUrl("order"), layout.databaseUrl("inventory"), layout.databaseUrl("payment"));
    }

    private void progress(String what) {
        out.printf(Locale.ROOT, "%5.1f s  %s%n", secondsSinceStart(), what);
        out.flush();
    }

    private double secondsSinceStart() {
        return (System.nanoTime() - beganNanos) / 1e9;
    }

    private void summary(Auditor auditor) {
        if (signalled) {
            return;
        }
        Tally.Figures now = tally.figures();
        String inDoubt;
        try {
            inDoubt = Long.toString(auditor.inDoubt());
        } catch (SQLException away) {
            inDoubt = "?";
        }
        progress("checkouts " + now.answered() + "  committed " + now.committed() + "  rolled back " + now.rolledBack()
                + "  unknown " + now.unknown() + "  prepared now " + inDoubt + "  longest pause "
                + now.longestPause().toMillis() + " ms");
    }

    private void announce(ShopLayout layout) throws IOException {
        progress("the shop is open");
        out.println("         console      " + layout.consoles() + " (one of each node)");
        out.println("         orders       https://127.0.0.1:" + layout.orderPort() + "/checkouts (POST)");
        out.println("         inventory    https://127.0.0.1:" + layout.inventoryPort());
        out.println("         payment      https://127.0.0.1:" + layout.paymentPort());
        out.println("         coordinators " + layout.targets() + " (gRPC, TLS)");
        out.println(
                "         znodes       " + layout.connectString() + " (any ZooKeeper client over TLS, see /assent)");
        out.println("         certificates " + layout.tls().run().certificate().getParent() + ", as run");
        out.println("         PostgreSQL   " + layout.databaseUrl("order"));
        out.println("         PostgreSQL   " + layout.databaseUrl("inventory") + " and " + "/payment");
        out.println("         Kafka        127.0.0.1:" + layout.kafkaPort() + ", topic orders");
        out.println("         logs         " + layout.directory());
        out.flush();
    }

    /** In three phases the services end everything by themselves; in two they may have to wait for the store. */
    private boolean servicesDecided() {
        if (blackout.isEmpty() || !options.threePhase()) {
            return true;
        }
        Blackout.Seen seen = blackout.get();
        out.println(
                (seen.isProof() ? "while all coordinators were dead: " : "VIOLATED  while all coordinators were dead: ")
                        + seen.text() + ", at most " + Blackout.ENDED_WITHIN.toMillis());
        return seen.isProof();
    }

    private boolean judge(Tally.Figures figures, AuditResult result) {
        result.violations().forEach(violation -> out.println("VIOLATED  " + violation));
        if (result.paidOrders() != figures.committed()) {
            out.println("VIOLATED  answers: " + figures.committed() + " checkouts were told 'committed', but "
                    + result.paidOrders() + " orders are paid");
        }
        boolean holds = result.holds()
                && figures.unknown() == 0
                && result.paidOrders() == figures.committed()
                && servicesDecided();
        out.printf(
                Locale.ROOT,
                "checkouts=%d committed=%d rolledBack=%d unknown=%d inDoubt=%d duplicates=%d lost=%d"
                        + " longestPauseMillis=%d invariants=%s%n",
                figures.answered(),
                figures.committed(),
                figures.rolledBack(),
                figures.unknown(),
                result.inDoubt(),
                result.duplicates(),
                result.lost(),
                figures.longestPause().toMillis(),
                holds ? "ok" : "violated");
        out.flush();
        return holds;
    }
}
