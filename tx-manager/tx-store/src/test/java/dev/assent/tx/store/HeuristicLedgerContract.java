package dev.assent.tx.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.store.StoreException;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.spi.HeuristicLedger;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.junit.jupiter.api.Test;

/** What the ledger of heuristic outcomes relies on, to be kept by every ensemble. */
abstract class HeuristicLedgerContract extends StoreFixture {

    @Test
    void heuristic_outcomes_stay_until_forgotten() throws Exception {
        HeuristicLedger ledger = new ZnodeHeuristicLedger(session, aside);
        HeuristicLedger.Entry entry = heuristic(begin(epochs.allot()), ONE);

        ledger.keep(entry);
        ledger.keep(entry);

        GlobalTxId transaction = GlobalTxId.fromBytes(entry.branch().gtrid());
        assertThat(ledger.of(transaction)).hasSize(1);
        assertThat(ledger.ask(transaction).entries()).isEqualTo(ledger.of(transaction));
        assertThat(ledger.of(begin(epochs.allot()))).isEmpty();
        assertThat(ledger.list()).singleElement().satisfies(kept -> {
            assertThat(kept.branch()).isEqualTo(entry.branch());
            assertThat(kept.outcome()).isEqualTo(HeuristicOutcome.ROLLED_BACK);
            assertThat(kept.cause()).isEqualTo("an operator did it at night");
        });
        ledger.forget(entry.branch());
        assertThat(ledger.list()).isEmpty();
        assertThat(session.await(session.children(StoreLayout.HEURISTICS), "listing folders"))
                .isEmpty();
    }

    private static HeuristicLedger.Entry heuristic(GlobalTxId transaction, BranchName branch) {
        return new HeuristicLedger.Entry(
                branch.in(transaction), "orders", HeuristicOutcome.ROLLED_BACK, "an operator did it\nat night");
    }

    @Test
    void one_of_two_heuristic_outcomes_is_forgotten_and_the_other_stays_and_may_come_back() throws Exception {
        HeuristicLedger ledger = new ZnodeHeuristicLedger(session, aside);
        GlobalTxId transaction = begin(epochs.allot());
        ledger.keep(heuristic(transaction, ONE));
        ledger.keep(heuristic(transaction, TWO));

        ledger.forget(ONE.in(transaction));
        ledger.forget(ONE.in(transaction));
        assertThat(ledger.of(transaction))
                .extracting(HeuristicLedger.Entry::branch)
                .containsExactly(TWO.in(transaction));

        ledger.forget(TWO.in(transaction));
        ledger.keep(heuristic(transaction, ONE));
        assertThat(ledger.list()).extracting(HeuristicLedger.Entry::branch).containsExactly(ONE.in(transaction));
    }

    @Test
    void asking_about_one_transaction_lists_no_others_heuristic_outcomes() throws Exception {
        HeuristicLedger ledger = new ZnodeHeuristicLedger(session, aside);
        GlobalTxId transaction = begin(epochs.allot());
        ledger.keep(heuristic(transaction, ONE));

        forbidListing(StoreLayout.HEURISTICS);

        assertThatThrownBy(ledger::list).isInstanceOf(StoreException.class);
        assertThat(ledger.of(transaction)).hasSize(1);
        assertThat(ledger.of(begin(epochs.allot()))).isEmpty();
        ledger.keep(heuristic(transaction, TWO));
        assertThat(ledger.of(transaction)).hasSize(2);
    }

    private void forbidListing(String path) throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper operator = new ZooKeeper(ensemble.connectString(), 4_000, event -> {
            if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        assertThat(connected.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        int allButRead = ZooDefs.Perms.ALL & ~ZooDefs.Perms.READ;
        operator.setACL(path, Arrays.asList(new ACL(allButRead, ZooDefs.Ids.ANYONE_ID_UNSAFE)), -1);
        operator.close();
        session.await(session.sync(), "catching up"); // its server may be another one, and behind
    }

    @Test
    void more_heuristic_outcomes_than_fit_one_listing_are_counted_and_not_listed() throws Exception {
        HeuristicLedger ledger = new ZnodeHeuristicLedger(session, aside, 1);
        ledger.keep(heuristic(begin(epochs.allot()), ONE));
        assertThat(ledger.list()).hasSize(1);

        ledger.keep(heuristic(begin(epochs.allot()), ONE));

        assertThatThrownBy(ledger::list).hasMessageContaining("2 transactions").hasMessageContaining("forget");
    }
}
