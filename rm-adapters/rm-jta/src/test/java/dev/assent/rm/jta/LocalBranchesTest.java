package dev.assent.rm.jta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.rm.testing.MemoryTransactionService;
import dev.assent.rm.testing.RecordingDatabase;
import dev.assent.rm.testing.StrictResource;
import dev.assent.rm.xa.XaResourceManager;
import dev.assent.rm.xa.quirk.XaAbilities;
import dev.assent.time.Clock;
import dev.assent.tx.api.GlobalTransaction;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.Test;

class LocalBranchesTest {
    private static final Duration SOON = Duration.ofSeconds(90);

    private final CountDownLatch enlisting = new CountDownLatch(1);
    private final CountDownLatch answered = new CountDownLatch(1);
    private final GlobalTransaction global = slow(new MemoryTransactionService().begin(Duration.ofMinutes(5)));
    private final LocalBranches branches =
            new LocalBranches(global, Clock.SYSTEM, new TransactionProgress(global, Clock.SYSTEM));

    /** A coordinator that takes its time for an enlistment, as while its leader is replaced. */
    private GlobalTransaction slow(GlobalTransaction real) {
        return (GlobalTransaction) Proxy.newProxyInstance(
                LocalBranchesTest.class.getClassLoader(),
                new Class<?>[] {GlobalTransaction.class},
                (proxy, method, args) -> {
                    if (method.getName().equals("enlist")) {
                        enlisting.countDown();
                        assertThat(answered.await(2, TimeUnit.MINUTES)).isTrue();
                    }
                    try {
                        return method.invoke(real, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void an_enlistment_that_takes_long_holds_up_no_thread_that_only_asks() throws Exception {
        XaResourceManager home = XaResourceManager.of("orders", new RecordingDatabase().dataSource());
        XAResource connection = new StrictResource().connection("a");
        CompletableFuture<Void> working = CompletableFuture.runAsync(() -> {
            try {
                branches.work(new NamedXaResource(home, connection, null, XaAbilities.NONE));
            } catch (Exception failed) {
                throw new AssertionError(failed);
            }
        });
        assertThat(enlisting.await(120, TimeUnit.SECONDS)).isTrue();

        assertThat(CompletableFuture.supplyAsync(branches::count))
                .succeedsWithin(SOON)
                .isEqualTo(0L);
        assertThat(CompletableFuture.supplyAsync(branches::isEmpty))
                .succeedsWithin(SOON)
                .isEqualTo(true);
        assertThat(CompletableFuture.supplyAsync(() -> branches.find(connection) == null))
                .succeedsWithin(SOON)
                .isEqualTo(true);

        answered.countDown();
        working.get(120, TimeUnit.SECONDS);
        assertThat(branches.count()).isEqualTo(1);
    }
}
