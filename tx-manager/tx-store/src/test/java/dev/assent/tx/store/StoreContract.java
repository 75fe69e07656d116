package dev.assent.tx.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assent.store.StoreConfig;
import dev.assent.store.StoreException;
import dev.assent.store.StoreSession;
import dev.assent.tx.model.AbortResult;
import dev.assent.tx.model.CommitResult;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.DecisionRecord;
import dev.assent.tx.model.EpochCensus;
import dev.assent.tx.model.EpochRef;
import dev.assent.tx.model.GcMark;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.RecordRead;
import dev.assent.tx.shards.ShardBoard;
import dev.assent.tx.shards.Step;
import dev.assent.tx.testing.Eventually;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;

/** What the commit protocol relies on, to be kept by every ensemble. */
abstract class StoreContract extends StoreFixture {

    @Test
    void the_cluster_id_is_drawn_once() throws Exception {
        assertThat(new ZnodeStore(session).prepare()).isEqualTo(cluster);
    }

    @Test
    void a_commit_under_the_current_epoch_is_written_and_read_back() throws Exception {
        GlobalTxId id = begin(epochs.allot());

        CommitResult result = commit(id, ONE, TWO);

        assertThat(result).isEqualTo(new CommitResult.Written());
        assertThat(log.read(id)).isEqualTo(found(Decision.COMMIT, ONE, TWO));
    }

    @Test
    void a_commit_under_a_fenced_epoch_is_refused_and_leaves_no_record() throws Exception {
        EpochRef epoch = epochs.allot();
        epochs.fence(epoch.key().incarnation());
        GlobalTxId id = begin(epoch);

        CommitResult result = commit(id, ONE);

        assertThat(result).isEqualTo(new CommitResult.Fenced());
        assertThat(log.read(id)).isEqualTo(new RecordRead.Absent());
    }

    @Test
    void a_commit_under_a_retired_epoch_is_refused() throws Exception {
        EpochRef epoch = epochs.allot();
        epochs.fence(epoch.key().incarnation());
        assertThat(archive.retire(epoch)).isTrue();

        assertThat(commit(begin(epoch), ONE)).isEqualTo(new CommitResult.Fenced());
    }

    @Test
    void a_commit_after_a_conditional_abort_obeys_it() throws Exception {
        GlobalTxId id = begin(epochs.allot());
        GcMark mark = log.gcMark(id.key().shardKey());

        AbortResult abort = log.abort(id, mark);

        assertThat(abort).isEqualTo(new AbortResult.Decided(new DecisionRecord(Decision.ABORT, List.of())));
        assertThat(commit(id, ONE)).isEqualTo(new CommitResult.Aborted());
    }

    @Test
    void a_conditional_abort_after_a_commit_finds_the_commit() throws Exception {
        GlobalTxId id = begin(epochs.allot());
        GcMark mark = log.gcMark(id.key().shardKey());
        commit(id, ONE);

        AbortResult abort = log.abort(id, mark);

        assertThat(abort).isEqualTo(new AbortResult.Decided(new DecisionRecord(Decision.COMMIT, List.of(ONE))));
    }

    /** So its coordinator knows, without any clock, that a branch which is gone may have been ended by others. */
    @Test
    void a_commit_that_others_have_found_is_taken_up_and_says_the_same() throws Exception {
        GlobalTxId id = begin(epochs.allot());
        GcMark mark = log.gcMark(id.key().shardKey());
        commit(id, ONE);
        assertThat(log.isTakenUp(id)).isFalse();

        AbortResult abort = log.abort(id, mark);

        assertThat(log.isTakenUp(id)).isTrue();
        assertThat(log.abort(id, mark)).isEqualTo(abort);
        assertThat(log.read(id)).isEqualTo(new RecordRead.Found(new DecisionRecord(Decision.COMMIT, List.of(ONE))));
        log.release(id);
        log.flush();
        awaitGone(id);
    }

    @Test
    void what_is_read_to_be_obeyed_is_taken_up_before() throws Exception {
        GlobalTxId id = begin(epochs.allot());
        log.takeUp(id);
        assertThat(log.isTakenUp(id)).isFalse();
        commit(id, ONE);

        log.takeUp(id);
        log.takeUp(id);

        assertThat(log.isTakenUp(id)).isTrue();
    }

    @Test
    void an_abort_of_others_counts_as_taken_up() throws Exception {
        GlobalTxId id = begin(epochs.allot());

        AbortResult unused = log.abort(id, log.gcMark(id.key().shardKey()));

        assertThat(log.isTakenUp(id)).isTrue();
    }

    @Test
    void a_conditional_abort_is_void_once_records_were_deleted() throws Exception {
        GlobalTxId id = begin(epochs.allot());
        GcMark mark = log.gcMark(id.key().shardKey());
        commit(id, ONE);
        log.release(id);
        log.flush();
        awaitGone(id);

        assertThat(log.abort(id, mark)).isEqualTo(new AbortResult.ScanAgain());
        assertThat(log.read(id)).isEqualTo(new RecordRead.Absent());
    }

    private void awaitGone(GlobalTxId id) throws InterruptedException {
        Eventually.within(LIMIT, "the record is deleted", () -> read(id) instanceof RecordRead.Absent);
    }

    private RecordRead read(GlobalTxId id) {
        try {
            return log.read(id);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void a_deletion_changes_the_mark() throws Exception {
        GlobalTxId id = begin(epochs.allot());
        commit(id, ONE, TWO);
        GcMark before = log.gcMark(id.key().shardKey());

        archive.delete(id.key().shardKey(), List.of(id));

        assertThat(log.read(id)).isEqualTo(new RecordRead.Absent());
        assertThat(log.gcMark(id.key().shardKey())).isNotEqualTo(before);
    }

    @Test
    void records_are_listed_with_their_epoch_and_again_only_when_they_change() throws Exception {
        EpochRef epoch = epochs.allot();
        GlobalTxId first = begin(epoch);
        GlobalTxId others = begin(epochs.allot());
        commit(first, ONE);
        commit(others, ONE);
        assertThat(archive.transactions(epoch)).containsExactly(first);

        GlobalTxId second = begin(epoch);
        commit(second, ONE);
        assertThat(archive.transactions(epoch)).containsExactlyInAnyOrder(first, second);
        archive.delete(epoch.key().shardKey(), List.of(first));
        assertThat(archive.transactions(epoch)).containsExactly(second);
        assertThat(archive.epochs()).contains(epoch);
    }

    @Test
    void an_epoch_is_retired_when_it_holds_no_record_and_not_before() throws Exception {
        EpochRef epoch = epochs.allot();
        GlobalTxId id = begin(epoch);
        commit(id, ONE);
        epochs.fence(epoch.key().incarnation());

        assertThat(archive.retire(epoch)).isFalse();
        assertThat(log.read(id)).isEqualTo(found(Decision.COMMIT, ONE));
        archive.delete(epoch.key().shardKey(), List.of(id));
        assertThat(archive.retire(epoch)).isTrue();

        assertThat(archive.epochs()).doesNotContain(epoch);
        assertThat(epochs.census().isFenced(epoch)).isTrue();
        GcMark mark = log.gcMark(id.key().shardKey());
        assertThat(log.abort(begin(epoch), mark)).isEqualTo(new AbortResult.ScanAgain());
    }

    @Test
    void a_led_shards_next_epoch_has_a_folder_of_its_own() throws Exception {
        ZnodeShardTable table = new ZnodeShardTable(session, aside);
        assertThat(table.agree(OptionalInt.of(4), 16)).isEqualTo(4);
        EpochRef first = take(table, 0);
        GlobalTxId id = begin(first);
        commit(id, ONE);
        EpochRef second = take(table, first.version());

        assertThat(commit(begin(first), ONE)).isEqualTo(new CommitResult.Fenced());
        assertThat(commit(begin(second), ONE)).isEqualTo(new CommitResult.Written());
        assertThat(archive.transactions(first)).containsExactly(id);
        assertThat(archive.retire(first)).isFalse();
    }

    private static EpochRef take(ZnodeShardTable table, int seen) throws IOException {
        return table.take(List.of(new Step.Take(2, seen, ShardBoard.Cause.FREE)), "me", "me")
                .get(0);
    }

    @Test
    void concurrent_commits_are_all_written_and_listed() throws Exception {
        EpochRef epoch = epochs.allot();
        List<CompletableFuture<CommitResult>> results = new ArrayList<>();
        for (int count = 0; count < 500; count++) {
            results.add(log.commit(begin(epoch), List.of(ONE, TWO)).toCompletableFuture());
        }
        for (CompletableFuture<CommitResult> result : results) {
            assertThat(result.get(120, TimeUnit.SECONDS)).isEqualTo(new CommitResult.Written());
        }

        assertThat(archive.transactions(epoch)).hasSize(500);
    }

    @Test
    void one_record_of_abort_among_concurrent_commits_aborts_that_one_alone() throws Exception {
        EpochRef epoch = epochs.allot();
        List<GlobalTxId> ids = new ArrayList<>();
        for (int count = 0; count < 200; count++) {
            ids.add(begin(epoch));
        }
        GlobalTxId suspected = ids.get(100);
        AbortResult unused = log.abort(suspected, log.gcMark(suspected.key().shardKey()));

        List<CompletableFuture<CommitResult>> results = new ArrayList<>();
        ids.forEach(id -> results.add(log.commit(id, List.of(ONE, TWO)).toCompletableFuture()));

        for (int place = 0; place < ids.size(); place++) {
            CommitResult expected =
                    ids.get(place).equals(suspected) ? new CommitResult.Aborted() : new CommitResult.Written();
            assertThat(results.get(place).get(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo(expected);
        }
        assertThat(log.readAll(ids).values())
                .filteredOn(found(Decision.ABORT)::equals)
                .hasSize(1);
    }

    @Test
    void one_record_that_is_gone_does_not_spoil_the_deletion_of_the_others() throws Exception {
        EpochRef epoch = epochs.allot();
        List<GlobalTxId> ids = new ArrayList<>();
        for (int count = 0; count < 10; count++) {
            ids.add(begin(epoch));
            commit(ids.get(count), ONE);
        }
        archive.delete(epoch.key().shardKey(), List.of(ids.get(4)));

        ids.forEach(log::release);
        log.flush();

        for (GlobalTxId id : ids) {
            awaitGone(id);
        }
    }

    /** Each batch is a write of the ensemble: one that goes for the few that came meanwhile costs as much as a full one. */
    @Test
    void records_released_while_a_batch_is_deleted_wait_for_the_next_flush() throws Exception {
        EpochRef epoch = epochs.allot();
        List<GlobalTxId> ids = new ArrayList<>();
        for (int count = 0; count < 5; count++) {
            ids.add(begin(epoch));
            commit(ids.get(count), ONE);
        }
        log.release(ids.get(0));
        log.flush();
        ids.subList(1, 5).forEach(log::release);
        awaitGone(ids.get(0));
        Eventually.within(LIMIT, "the first batch is known to be deleted", () -> log.releasedAndWaiting() == 4);

        for (int questions = 0; questions < 20; questions++) {
            log.gcMark(epoch.key().shardKey()); // behind whatever was sent after the first batch
        }
        assertThat(log.releasedAndWaiting()).isEqualTo(4);
        log.flush();
        Eventually.within(LIMIT, "the others went with the next", () -> log.releasedAndWaiting() == 0);
    }

    /** All of them at once, at the next flush, would be a burst that decisions wait behind. */
    @Test
    void records_beyond_those_that_are_kept_go_as_soon_as_they_fill_a_batch() throws Exception {
        int kept = 10;
        int released = kept + RecordReaper.BATCH_MAX;
        ZnodeDecisionLog keeping = new ZnodeDecisionLog(session, () -> 0, aside, kept); // none is due by its age
        EpochRef epoch = epochs.allot();
        List<GlobalTxId> ids = new ArrayList<>();
        List<CompletableFuture<CommitResult>> results = new ArrayList<>();
        for (int count = 0; count < released; count++) {
            ids.add(begin(epoch));
            results.add(keeping.commit(ids.get(count), List.of(ONE)).toCompletableFuture());
        }
        for (CompletableFuture<CommitResult> result : results) {
            assertThat(result.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(new CommitResult.Written());
        }

        ids.subList(0, released - 1).forEach(keeping::release);
        assertThat(keeping.releasedAndWaiting()).isEqualTo(released - 1);
        keeping.release(ids.get(released - 1));

        Eventually.within(LIMIT, "one batch is deleted", () -> keeping.releasedAndWaiting() == kept);
        assertThat(log.readAll(ids.subList(0, RecordReaper.BATCH_MAX)).values()).containsOnly(new RecordRead.Absent());
        assertThat(log.readAll(ids.subList(RecordReaper.BATCH_MAX, released)).values())
                .containsOnly(found(Decision.COMMIT, ONE));
    }

    @Test
    void commits_under_way_when_connections_are_cut_end_with_the_truth() throws Exception {
        EpochRef epoch = epochs.allot();
        List<GlobalTxId> ids = new ArrayList<>();
        List<CompletableFuture<CommitResult>> results = new ArrayList<>();
        for (int count = 0; count < 300; count++) {
            GlobalTxId id = begin(epoch);
            ids.add(id);
            results.add(log.commit(id, List.of(ONE)).toCompletableFuture());
            if (count % 100 == 50) {
                ensemble.dropConnections();
            }
        }

        for (int place = 0; place < ids.size(); place++) {
            assertThat(results.get(place).get(120, TimeUnit.SECONDS)).isEqualTo(new CommitResult.Written());
            GlobalTxId id = ids.get(place);
            Eventually.soon("the record is there, connected again", () -> isThere(id));
        }
    }

    private boolean isThere(GlobalTxId id) {
        try {
            return log.read(id) instanceof RecordRead.Found;
        } catch (IOException notConnected) {
            return false;
        }
    }

    @Test
    void a_commit_sent_while_the_store_is_away_is_concluded_when_it_is_back() throws Exception {
        GlobalTxId id = begin(epochs.allot());
        ensemble.stop();
        CompletableFuture<CommitResult> result = log.commit(id, List.of(ONE)).toCompletableFuture();
        assertThat(result).isNotDone();

        ensemble.start();

        assertThat(result.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(new CommitResult.Written());
    }

    @Test
    void an_incarnation_is_never_allotted_twice_and_dies_with_its_session() throws Exception {
        EpochRef first = epochs.allot();
        StoreSession other = open();
        EpochRef second = new ZnodeEpochs(other, aside).allot();
        assertThat(second.key().incarnation()).isGreaterThan(first.key().incarnation());

        other.close();

        Eventually.within(
                LIMIT, "the second is dead", () -> dead().contains(second.key().incarnation()));
        assertThat(dead()).doesNotContain(first.key().incarnation());
        assertThat(epochs.census().isFenced(second)).isFalse();
        epochs.fence(second.key().incarnation());
        EpochCensus census = epochs.census();
        assertThat(census.isFenced(second)).isTrue();
        assertThat(census.isFenced(first)).isFalse();
        assertThat(archive.retire(second)).isTrue();
        assertThat(epochs.census().isFenced(second)).isTrue();
    }

    private List<Long> dead() {
        try {
            return epochs.census().deadAndUnfenced();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void a_role_has_one_holder_until_its_session_ends() throws Exception {
        StoreSession other = open();
        assertThat(new ZnodeLeadership(other, aside).acquire("test")).isTrue();
        assertThat(new ZnodeLeadership(other, aside).acquire("test")).isTrue();
        assertThat(new ZnodeLeadership(session, aside).acquire("test")).isFalse();

        other.close();

        ZnodeLeadership next = new ZnodeLeadership(session, aside);
        // A session whose end the store could not be told in time ends with its time-out.
        Eventually.within(LIMIT, "the role is free", () -> acquired(next));
    }

    private static boolean acquired(ZnodeLeadership leadership) {
        try {
            return leadership.acquire("test");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void a_role_that_is_given_up_is_free_at_once() throws Exception {
        try (StoreSession other = open()) {
            ZnodeLeadership holder = new ZnodeLeadership(other, aside);
            assertThat(holder.acquire("test")).isTrue();

            new ZnodeLeadership(session, aside).release("test"); // not its own
            assertThat(new ZnodeLeadership(session, aside).acquire("test")).isFalse();
            holder.release("test");
            holder.release("test");
            session.await(session.sync(), "catching up"); // its server may be another one, and behind

            assertThat(new ZnodeLeadership(session, aside).acquire("test")).isTrue();
        }
    }

    @Test
    void an_expired_session_is_replaced_and_the_listener_told() throws Exception {
        CompletableFuture<Void> told = new CompletableFuture<>();
        session.onExpiry(() -> told.complete(null));

        endSessionBehindItsBack();

        told.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        CompletableFuture<Void> connected = new CompletableFuture<>();
        session.whenConnected(() -> connected.complete(null));
        connected.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(commit(begin(epochs.allot()), ONE)).isEqualTo(new CommitResult.Written());
    }

    /** Somebody with its id and password takes the session over and closes it. */
    private void endSessionBehindItsBack() throws Exception {
        CountDownLatch taken = new CountDownLatch(1);
        ZooKeeper thief = new ZooKeeper(
                ensemble.connectString(),
                4_000,
                event -> {
                    if (event.getState() == KeeperState.SyncConnected) {
                        taken.countDown();
                    }
                },
                session.sessionId(),
                session.sessionPassword());
        assertThat(taken.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        thief.close();
    }

    @Test
    void more_records_than_a_client_takes_in_one_reply_by_default_are_listed() throws Exception {
        EpochRef epoch = epochs.allot();
        List<CompletableFuture<CommitResult>> results = new ArrayList<>();
        for (int count = 0; count < 11_000; count++) {
            results.add(log.commit(begin(epoch), List.of(ONE)).toCompletableFuture());
        }
        for (CompletableFuture<CommitResult> result : results) {
            assertThat(result.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(new CommitResult.Written());
        }

        assertThat(archive.transactions(epoch)).hasSize(11_000);
    }

    @Test
    void a_credential_keeps_strangers_out_and_stays_out_of_messages() throws Exception {
        StoreConfig.Credential credential = StoreConfig.Credential.digest("assent", "s3cret-passw0rd");
        String chroot = ensemble.connectString() + "/private";
        session.await(session.create("/private", new byte[0]), "making a root");
        try (StoreSession owner = StoreSession.open(StoreConfig.of(chroot).withCredential(credential));
                StoreSession stranger = StoreSession.open(StoreConfig.of(chroot))) {
            new ZnodeStore(owner).prepare();

            assertThatThrownBy(() -> new ZnodeEpochs(stranger, aside).allot()).isInstanceOf(StoreException.class);
            assertThatThrownBy(() -> new ZnodeStore(stranger).prepare())
                    .hasMessageContaining("/assent")
                    .hasMessageContaining("credential");
            assertThat(owner.config().toString()).doesNotContain("s3cret");
        }
    }
}
