package dev.assent.tx.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.store.SetAside;
import dev.assent.store.StoreConfig;
import dev.assent.store.StoreSession;
import dev.assent.tx.model.AbortResult;
import dev.assent.tx.model.BranchName;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GcMark;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.HeuristicOutcome;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.model.ResourceIdentity;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.spi.AbsenceBoard;
import dev.assent.tx.spi.HeuristicLedger;
import dev.assent.tx.spi.Leadership;
import dev.assent.tx.spi.ResourceCatalog;
import dev.assent.tx.testing.ApacheZooKeeper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One znode that is not what it should be, of each kind: it is set aside, and everything else goes on. */
class OddZnodesTest {
    private static final ResourceName ORDERS = new ResourceName("orders");
    private static final BranchName ONE = new BranchName(ORDERS.hash(), 1, 1);

    @TempDir
    Path folder;

    private final SetAside aside = new SetAside();
    private ApacheZooKeeper ensemble;
    private StoreSession session;
    private ZnodeDecisionLog log;
    private ZnodeEpochs epochs;
    private ZnodeArchive archive;
    private EpochRef epoch;
    private GlobalTxId id;

    @BeforeEach
    void commitOne() throws Exception {
        ensemble = new ApacheZooKeeper(folder);
        session = StoreSession.open(StoreConfig.of(ensemble.connectString()));
        log = new ZnodeDecisionLog(session, () -> Long.MAX_VALUE, aside);
        epochs = new ZnodeEpochs(session, aside);
        archive = new ZnodeArchive(session, aside);
        var cluster = new ZnodeStore(session).prepare();
        epoch = epochs.allot();
        id = new GlobalTxId(cluster, epoch.key(), epoch.version(), 0, new GlobalTxId.Unique(1, 1));
        assertThat(commit(id)).isEqualTo(new CommitResult.Written());
    }

    @AfterEach
    void disconnect() {
        session.close();
        ensemble.close();
    }

    private CommitResult commit(GlobalTxId transaction) throws Exception {
        return log.commit(transaction, List.of(ONE)).toCompletableFuture().get(120, TimeUnit.SECONDS);
    }

    private GlobalTxId other(long unique) {
        return new GlobalTxId(id.cluster(), epoch.key(), epoch.version(), 0, new GlobalTxId.Unique(1, unique));
    }

    private void create(String path) throws IOException {
        session.await(session.create(path, new byte[0]), "creating " + path);
    }

    private void write(String path, String text) throws IOException {
        session.await(session.setData(path, text.getBytes(StandardCharsets.UTF_8), -1), "writing " + path);
    }

    @Test
    void a_foreign_znode_among_the_records_hides_no_other() throws Exception {
        create(StoreLayout.TX + "/notes");
        create(StoreLayout.folder(epoch) + "/notes");
        create(StoreLayout.buckets(epoch).get(1) + "/notes");
        create(StoreLayout.buckets(epoch).get(2) + "/" + id.toHex());

        assertThat(archive.epochs()).containsExactly(epoch);
        assertThat(archive.transactions(epoch)).containsExactly(id);
        assertThat(aside.known()).isEqualTo(3);
        assertThat(commit(other(2))).isEqualTo(new CommitResult.Written());
    }

    @Test
    void a_record_that_cannot_be_read_is_no_absent_record() throws Exception {
        GcMark mark = log.gcMark(id.key().shardKey());
        for (String damaged : List.of("", "MAYBE", "COMMIT\nxyz", "commit", "COMMIT\n02")) {
            write(StoreLayout.decision(id), damaged);

            assertThat(log.read(id)).as(damaged).isInstanceOf(RecordRead.Unreadable.class);
            assertThat(log.readAll(List.of(id, other(7))))
                    .hasEntrySatisfying(id, read -> assertThat(read).isInstanceOf(RecordRead.Unreadable.class))
                    .containsEntry(other(7), new RecordRead.Absent());
            assertThat(log.abort(id, mark)).isInstanceOf(AbortResult.Unreadable.class);
            assertThat(commit(id)).isInstanceOf(CommitResult.Unknown.class);
        }
        write(StoreLayout.decision(id), "COMMIT");
        assertThat(log.read(id)).isInstanceOf(RecordRead.Found.class);
        assertThat(aside.known()).isZero();
    }

    @Test
    void foreign_znodes_among_the_epochs_fence_nobody_and_hide_nobody() throws Exception {
        String named = Long.toString(epoch.key().incarnation());
        for (String odd : List.of("notes", named, "-00000000001")) {
            create(StoreLayout.EMBEDDED + "/" + odd);
            create(StoreLayout.LIVE + "/" + odd);
        }
        create(StoreLayout.SHARD_EPOCHS + "/notes");
        create(StoreLayout.SHARD_EPOCHS + "/007");

        assertThat(epochs.census().embedded()).containsOnlyKeys(epoch.key().incarnation());
        assertThat(epochs.census().deadAndUnfenced()).isEmpty();
        assertThat(epochs.census().shards()).isEmpty();
        assertThat(epochs.census().isFenced(epoch)).isFalse();
        assertThat(aside.known()).isEqualTo(8);
    }

    @Test
    void a_damaged_counter_stops_new_coordinators_only() throws Exception {
        write(StoreLayout.COUNTER, "many");

        assertThatThrownBy(epochs::allot)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(StoreLayout.COUNTER)
                .hasMessageContaining("Write the highest number");
        assertThat(epochs.census().isFenced(epoch)).isFalse();
        assertThat(commit(other(2))).isEqualTo(new CommitResult.Written());
        epochs.fence(epoch.key().incarnation());
        assertThat(archive.retire(epoch)).isFalse();
    }

    @Test
    void a_damaged_mark_keeps_the_records_of_its_shard_and_makes_outcomes_unknown() throws Exception {
        write(StoreLayout.gc(id.key().shardKey()), "later");

        archive.delete(id.key().shardKey(), List.of(id));

        assertThat(log.read(id)).isInstanceOf(RecordRead.Found.class);
        assertThat(log.everDeletedUpTo(id.key().shardKey())).isEqualTo(Long.MAX_VALUE);
        assertThat(aside.known()).isEqualTo(1);
        write(StoreLayout.gc(id.key().shardKey()), "0");
        archive.delete(id.key().shardKey(), List.of(id));
        assertThat(log.read(id)).isEqualTo(new RecordRead.Absent());
    }

    @Test
    void a_record_with_something_below_it_does_not_keep_the_others_from_being_deleted() throws Exception {
        GlobalTxId second = other(2);
        commit(second);
        create(StoreLayout.decision(id) + "/notes");

        archive.delete(id.key().shardKey(), List.of(id, second));

        assertThat(log.read(second)).isEqualTo(new RecordRead.Absent());
        assertThat(log.read(id)).isInstanceOf(RecordRead.Found.class);
        assertThat(aside.known()).isEqualTo(1);
    }

    @Test
    void a_heuristic_outcome_that_cannot_be_read_counts_as_a_hazard() throws Exception {
        HeuristicLedger ledger = new ZnodeHeuristicLedger(session, aside);
        ledger.keep(new HeuristicLedger.Entry(ONE.in(id), "orders", HeuristicOutcome.ROLLED_BACK, "by hand"));
        create(StoreLayout.HEURISTICS + "/notes");
        create(StoreLayout.heuristicsOf(id) + "/notes");
        write(StoreLayout.heuristic(ONE.in(id)), "PARTLY");

        assertThat(ledger.list()).singleElement().satisfies(entry -> assertThat(entry.outcome())
                .isEqualTo(HeuristicOutcome.HAZARD));
        assertThat(ledger.of(id)).hasSize(1);
        assertThat(aside.known()).isEqualTo(3);
    }

    @Test
    void a_damaged_name_of_a_resource_is_refused_with_the_remedy() throws Exception {
        ResourceCatalog catalog = new ZnodeCatalog(session, aside);
        catalog.claim(ORDERS, Optional.empty());
        write(StoreLayout.resource(ORDERS), "something else");

        assertThat(catalog.claim(ORDERS, Optional.of(new ResourceIdentity("one"))))
                .isInstanceOfSatisfying(ResourceCatalog.Claim.Refused.class, refused -> assertThat(refused.why())
                        .contains(StoreLayout.resource(ORDERS), "Delete it"));
    }

    @Test
    void a_role_that_no_process_holds_keeps_nobody_from_it() throws Exception {
        Leadership leadership = new ZnodeLeadership(session, aside);
        create(StoreLayout.LEADERS + "/recovery-rm-orders");
        create(StoreLayout.LEADERS + "/recovery-rm-ledger");
        create(StoreLayout.LEADERS + "/recovery-rm-ledger/notes");

        assertThat(leadership.acquire("recovery-rm-orders")).isTrue();
        assertThat(leadership.acquire("recovery-rm-ledger")).isFalse();
        assertThat(aside.known()).isEqualTo(1);

        session.await(session.delete(StoreLayout.LEADERS + "/recovery-rm-ledger/notes", -1), "an operator's word");
        assertThat(leadership.acquire("recovery-rm-ledger")).isTrue();
        assertThat(aside.known()).isZero();
    }

    @Test
    void a_name_stands_for_the_first_resource_that_claims_it() throws Exception {
        ResourceCatalog catalog = new ZnodeCatalog(session, aside);
        ResourceIdentity one = new ResourceIdentity("PostgreSQL system 1 database 5");
        ResourceIdentity two = new ResourceIdentity("PostgreSQL system 2 database 5");

        assertThat(catalog.claim(ORDERS, Optional.empty())).isEqualTo(new ResourceCatalog.Claim.Agreed());
        assertThat(catalog.claim(ORDERS, Optional.of(one))).isEqualTo(new ResourceCatalog.Claim.Agreed());
        assertThat(catalog.claim(ORDERS, Optional.of(one))).isEqualTo(new ResourceCatalog.Claim.Agreed());
        assertThat(catalog.claim(ORDERS, Optional.empty())).isEqualTo(new ResourceCatalog.Claim.Agreed());
        assertThat(catalog.claim(ORDERS, Optional.of(two)))
                .isInstanceOfSatisfying(ResourceCatalog.Claim.Refused.class, refused -> assertThat(refused.why())
                        .contains(one.text(), two.text(), "delete " + StoreLayout.resource(ORDERS)));

        session.await(session.delete(StoreLayout.resource(ORDERS), -1), "an operator's word");
        assertThat(catalog.claim(ORDERS, Optional.of(two))).isEqualTo(new ResourceCatalog.Claim.Agreed());
    }

    @Test
    void questions_and_answers_that_cannot_be_read_are_none() throws Exception {
        AbsenceBoard board = new ZnodeAbsenceBoard(session, aside);
        AbsenceBoard.Question question = board.ask(ORDERS.hash(), Set.of(id));
        assertThat(board.question(ORDERS.hash())).contains(question);
        AbsenceBoard.Answer answer = new AbsenceBoard.Answer(question.number(), Set.of());
        board.answer(ORDERS.hash(), answer);
        assertThat(board.answer(ORDERS.hash())).contains(answer);
        create(StoreLayout.ASKED + "/notes");
        assertThat(board.resources()).containsExactly(ORDERS.hash());

        write(StoreLayout.asked(ORDERS.hash()), "xyz");
        write(StoreLayout.answered(ORDERS.hash()), "soon");

        assertThat(board.question(ORDERS.hash())).isEmpty();
        assertThat(board.answer(ORDERS.hash())).isEmpty();
        AbsenceBoard.Question next = board.ask(ORDERS.hash(), Set.of(id));
        assertThat(next.number()).isNotEqualTo(question.number());
        board.withdraw(ORDERS.hash());
        assertThat(board.question(ORDERS.hash())).isEmpty();
        assertThat(board.resources()).isEmpty();
        board.answer(ORDERS.hash(), answer);
        assertThat(board.resources())
                .as("the answer to a question that was withdrawn")
                .isEmpty();
    }

    @Test
    void a_damaged_cluster_id_stops_the_start_and_says_where_to_find_it() throws Exception {
        write(StoreLayout.CLUSTER, "oops");

        assertThatThrownBy(() -> new ZnodeStore(session).prepare())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(StoreLayout.CLUSTER)
                .hasMessageContaining("write back");
    }
}
