package dev.assent.shop.demo;

import dev.assent.coordination.server.FreePorts;
import dev.assent.shop.demo.parts.AuditResult;
import dev.assent.shop.demo.parts.Auditor;
import dev.assent.shop.demo.parts.CheckoutClient;
import dev.assent.shop.demo.parts.CheckoutDriver;
import dev.assent.shop.demo.parts.DemoOptions;
import dev.assent.shop.demo.parts.Detours;
import dev.assent.shop.demo.parts.Quiescence;
import dev.assent.shop.demo.parts.Shop;
import dev.assent.shop.demo.parts.ShopLayout;
import dev.assent.shop.demo.parts.Tally;
import dev.assent.shop.drills.shop.ShopMachines;
import dev.assent.shop.page.PageServer;
import dev.assent.shop.platform.Kept;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** One run of the demo: start, shop, break, heal; with an end of its own it is judged too. What is to be seen is on its page. */
final class Demo {
    private static final long SUMMARY_SECONDS = 2;

    private final DemoOptions options;
    private final int pagePort;
    private final Optional<Kept> kept;
    private final PrintStream out;
    private final LivePage page;
    private final Tally tally = new Tally();
    private final long beganNanos = System.nanoTime();
    private volatile boolean signalled;
    private volatile boolean held;
    private volatile boolean ended;
    private volatile Optional<Blackout.Seen> blackout = Optional.empty();

    /** {@code kept}: of earlier runs, and for later ones. */
    Demo(DemoOptions options, int pagePort, Optional<Kept> kept, PrintStream out) {
        this.options = options;
        this.pagePort = pagePort;
        this.kept = kept;
        this.out = out;
        this.page = new LivePage(options.checkouts().isEmpty());
    }

    /** Whether every invariant held; also true when the run was ended by a signal, and so was not judged. */
    boolean run() throws IOException, InterruptedException, SQLException {
        try (PageServer server = PageServer.start(pagePort, page)) {
            progress("the shop's page: " + server.url());
            ShopLayout layout = ShopLayout.plan(options, new FreePorts(new SplittableRandom()));
            CheckoutClient client =
                    new CheckoutClient(layout.orderPort(), layout.tls().customers());
            held = options.checkouts().isPresent() ? toTheEnd(layout, client) : onAndOn(layout, client);
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

    /** So many checkouts, and a verdict. */
    private boolean toTheEnd(ShopLayout layout, CheckoutClient client)
            throws IOException, InterruptedException, SQLException {
        Auditor auditor = auditor(layout);
        try (Shop shop = new Shop(layout, this::progress, Detours.NONE, kept);
                LiveShop live = new LiveShop(
                        shop,
                        Detours.NONE,
                        Optional.empty(),
                        client,
                        tally,
                        new Answers(),
                        Optional.empty(),
                        page.news());
                CheckoutDriver driver = new CheckoutDriver(client, tally, options)) {
            atTheEnd(driver::close, live, shop);
            page.shows(live);
            shop.start();
            announce(layout);
            shopAndBreak(shop, live, driver, auditor);
            return signalled || waitAndJudge(new Quiescence(driver, client, auditor), auditor);
        }
    }

    /** Until a signal comes. */
    @SuppressWarnings("try") // what ticks is held, not used
    private boolean onAndOn(ShopLayout layout, CheckoutClient client)
            throws IOException, InterruptedException, SQLException {
        ShopMachines machines = ShopMachines.in(layout.directory(), options.coordination());
        Answers answers = new Answers();
        try (Detours detours = Detours.in(layout, name -> machines.prefix(layout, name));
                Shop shop = new Shop(layout, this::progress, detours, kept);
                Crowd crowd = new Crowd(client, tally, answers, options.seed());
                LiveShop live = new LiveShop(
                        shop,
                        detours,
                        Optional.of(machines),
                        client,
                        tally,
                        answers,
                        Optional.of(crowd),
                        page.news())) {
            atTheEnd(crowd::close, live, shop);
            page.shows(live);
            shop.open();
            announce(layout);
            crowd.want(options.customers());
            try (Ticking ticking = summaries(live)) {
                shop.awaitAll();
                progress("everything is up");
                breakIt(shop, auditor(layout));
                new CountDownLatch(1).await();
            }
        }
        return true;
    }

    private void atTheEnd(Runnable customersLeave, LiveShop live, Shop shop) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(customersLeave, live, shop), "end-of-the-run"));
    }

    /** On a signal: the customers go first, so that nobody waits for what is being stopped. */
    private void end(Runnable customersLeave, LiveShop live, Shop shop) {
        if (!ended) {
            signalled = true;
            progress("stopping everything");
        }
        live.close();
        customersLeave.run();
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

    @SuppressWarnings("try") // what ticks is held, not used
    private void shopAndBreak(Shop shop, LiveShop live, CheckoutDriver driver, Auditor auditor)
            throws IOException, InterruptedException, SQLException {
        try (Ticking ticking = summaries(live)) {
            driver.start();
            breakIt(shop, auditor);
            driver.join();
        }
    }

    private void breakIt(Shop shop, Auditor auditor) throws IOException, InterruptedException, SQLException {
        int checkouts = options.checkouts().orElse(Integer.MAX_VALUE);
        DrillPlan plan = DrillPlan.draw(options.seed(), Math.min(checkouts, 1_000));
        Fault fault = new Fault(shop, options.kill(), plan, tally, this::progress, auditor);
        fault.inject();
        blackout = fault.blackout();
    }

    /** Something done again and again, until it is closed. */
    private interface Ticking extends AutoCloseable {
        @Override
        void close();
    }

    private Ticking summaries(LiveShop live) {
        ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "summaries");
            thread.setDaemon(true);
            return thread;
        });
        Future<?> unused =
                ticker.scheduleAtFixedRate(() -> summary(live), SUMMARY_SECONDS, SUMMARY_SECONDS, TimeUnit.SECONDS);
        return ticker::shutdownNow;
    }

    private boolean waitAndJudge(Quiescence quiescence, Auditor auditor) throws InterruptedException, SQLException {
        progress("waiting for quiescence");
        quiescence.await(options.quiescence());
        tally.reasons().forEach((reason, count) -> out.println("         rolled back " + count + " times: " + reason));
        return judge(tally.figures(), auditor.audit());
    }

    private static Auditor auditor(ShopLayout layout) {
        return new Auditor(layout::databaseUrl);
    }

    private void progress(String what) {
        told(what);
        page.news().add(what);
    }

    private void told(String what) {
        out.printf(Locale.ROOT, "%5.1f s  %s%n", secondsSinceStart(), what);
        out.flush();
    }

    private double secondsSinceStart() {
        return (System.nanoTime() - beganNanos) / 1e9;
    }

    private void summary(LiveShop live) {
        if (signalled) {
            return;
        }
        Tally.Figures now = tally.figures();
        told("checkouts " + now.answered() + "  committed " + now.committed() + "  rolled back " + now.rolledBack()
                + "  unknown " + now.unknown() + "  prepared now " + live.prepared() + "  longest pause "
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
        out.println("         PostgreSQL   " + layout.databaseUrl("inventory") + ", and payment, shipping there");
        out.println("         Kafka        " + layout.brokers() + " (TLS), topic orders");
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
