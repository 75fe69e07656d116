package dev.assent.shop.drills.shop;

import dev.assent.coordination.server.FreePorts;
import dev.assent.shop.demo.parts.AuditResult;
import dev.assent.shop.demo.parts.Auditor;
import dev.assent.shop.demo.parts.CheckoutClient;
import dev.assent.shop.demo.parts.CheckoutDriver;
import dev.assent.shop.demo.parts.DemoOptions;
import dev.assent.shop.demo.parts.Detours;
import dev.assent.shop.demo.parts.KillTarget;
import dev.assent.shop.demo.parts.Quiescence;
import dev.assent.shop.demo.parts.RunDirectory;
import dev.assent.shop.demo.parts.Shop;
import dev.assent.shop.demo.parts.ShopLayout;
import dev.assent.shop.demo.parts.Tally;
import dev.assent.shop.drills.plan.Audit;
import dev.assent.shop.drills.plan.Drill;
import dev.assent.shop.drills.plan.Fault;
import dev.assent.shop.drills.plan.PlantedBug;
import dev.assent.shop.drills.run.DrillTarget;
import dev.assent.shop.platform.Pauses;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The demo's shop as a system that drills are run on: six customers check out, SQL judges. */
public final class ShopTarget implements DrillTarget {
    private static final int CUSTOMERS = 6;
    private static final long LOOK_MILLIS = 50;

    /** Orders' ids are drawn: the same ones cannot be ordered twice in one shop. */
    private static final long DRAWS_APART = 1_000_003;

    private final Path directory;
    private final ShopMachines machines;
    private final ShopLayout layout;
    private final Detours detours;
    private final Shop shop;
    private final Auditor auditor;
    private final CheckoutClient client;
    private final Consumer<String> progress;
    private volatile Tally tally = new Tally();
    private volatile @Nullable CheckoutDriver driver;
    private long paidBefore;
    private long opened;

    private ShopTarget(Path directory, ShopMachines machines, ShopLayout layout, Consumer<String> progress)
            throws IOException {
        this.directory = directory;
        this.machines = machines;
        this.layout = layout;
        this.progress = progress;
        this.detours = Detours.in(layout, name -> machines.prefix(layout, name));
        this.shop = new Shop(layout, progress, detours);
        this.auditor = new Auditor(layout::databaseUrl);
        this.client = new CheckoutClient(layout.orderPort(), layout.tls().customers());
    }

    /**
     * A shop of which nothing runs yet.
     *
     * @param coordination an ensemble that runs already; empty to let the nodes bring their own
     */
    public static ShopTarget in(Path directory, Optional<String> coordination, Consumer<String> progress)
            throws IOException, InterruptedException {
        ShopMachines machines = ShopMachines.in(directory, coordination);
        ShopLayout layout = ShopLayout.plan(options(directory, coordination, 1), new FreePorts(new SplittableRandom()));
        return new ShopTarget(directory, machines, layout, progress);
    }

    private static DemoOptions options(Path directory, Optional<String> coordination, long seed) {
        return new DemoOptions(
                Optional.empty(),
                CUSTOMERS,
                new KillTarget.None(),
                false,
                seed,
                coordination,
                new RunDirectory(directory, false),
                Duration.ZERO);
    }

    @Override
    public String name() {
        return "demo";
    }

    @Override
    public void start() throws IOException, InterruptedException, SQLException {
        shop.start();
        progress.accept("the shop is open; logs in " + layout.directory());
    }

    @Override
    public Optional<String> lacks(Drill drill, Optional<PlantedBug> bug) {
        return machines.lacks(drill);
    }

    @Override
    public void open(long seed) throws SQLException {
        tally = new Tally();
        paidBefore = auditor.paid();
        CheckoutDriver fresh =
                new CheckoutDriver(client, tally, options(directory, Optional.empty(), seed + DRAWS_APART * opened++));
        driver = fresh;
        fresh.start();
    }

    @Override
    public int callers() {
        return CUSTOMERS;
    }

    @Override
    public Counts counts() {
        Tally.Figures now = tally.figures();
        return new Counts(now.committed(), now.rolledBack(), tally.toldUnknown());
    }

    @Override
    public Optional<Healing> strike(Fault fault, Optional<PlantedBug> bug, Consumer<String> say, Meanwhile meanwhile)
            throws IOException, InterruptedException, SQLException {
        return ShopStrikes.strike(
                fault, new ShopStrikes(shop, detours, auditor, machines.machines(), bug, say, meanwhile));
    }

    private CheckoutDriver customers() {
        return Optional.ofNullable(driver).orElseThrow();
    }

    @Override
    public void closeDoors() throws InterruptedException {
        customers().closeDoors();
    }

    @Override
    public Rest rest(Duration patience) throws InterruptedException, SQLException {
        long began = System.nanoTime();
        Optional<Duration> preparedFor = Optional.empty();
        while (preparedFor.isEmpty() && System.nanoTime() - began < patience.toNanos()) {
            if (auditor.inDoubt() == 0) {
                preparedFor = Optional.of(Duration.ofNanos(System.nanoTime() - began));
            } else {
                Pauses.pause(LOOK_MILLIS);
            }
        }
        new Quiescence(customers(), client, auditor).await(patience);
        return new Rest(
                auditor.inDoubt() == 0 ? preparedFor : Optional.empty(),
                customers().unknown().size());
    }

    @Override
    public Audit audit() throws SQLException {
        AuditResult result = auditor.audit();
        List<String> untrue = new ArrayList<>();
        long paid = result.paidOrders() - paidBefore;
        long told = tally.figures().committed();
        if (paid != told) {
            untrue.add(told + " checkouts were told 'committed', but " + paid + " orders are paid");
        }
        List<String> wrong = new ArrayList<>(result.violations());
        if (result.lost() > 0) {
            wrong.add(result.lost() + " paid orders whose event had no effect");
        }
        if (result.duplicates() > 0) {
            wrong.add(result.duplicates() + " events had their effect more than once");
        }
        return new Audit(untrue, wrong);
    }

    /** The customers go first, so that nobody waits for what is being stopped. */
    @Override
    public void close() {
        CheckoutDriver present = driver;
        if (present != null) {
            present.close();
        }
        detours.close();
        shop.close();
    }
}
