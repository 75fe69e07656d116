package dev.assent.coordination.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.EventType;
import dev.assent.coordination.model.Identity;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.Permission;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.WriteOp;
import dev.assent.coordination.model.ZnodePath;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The leader's decisions, one rule at a time; {@link TreeModelTest} mixes them. */
class TxnPreparerTest {
    private static final Identity BOB = new Identity("digest", "bob:hash");
    private static final SessionId OTHER = new SessionId(2);
    private static final long NOW = 2_000;

    private final History history = new History();

    private static WriteOp create(String path, int flag) {
        return new WriteOp.Create(path, Payload.EMPTY, Acl.OPEN, flag);
    }

    private static ErrorCode errorOf(Txn txn) {
        return txn instanceof Txn.Rejected rejected ? rejected.error() : ErrorCode.OK;
    }

    private static String createdPath(Txn txn) {
        return ((Txn.Single) txn).change().path().value();
    }

    @Test
    void sequential_names_count_creates_that_are_not_committed_yet() {
        history.write(create("/q", 0));

        assertThat(createdPath(history.propose(create("/q/n-", 2)))).isEqualTo("/q/n-0000000000");
        assertThat(createdPath(history.propose(create("/q/n-", 3)))).isEqualTo("/q/n-0000000001");
        history.deliverAll();
        assertThat(createdPath(history.propose(create("/q/", 2)))).isEqualTo("/q/0000000002");
        assertThat(history.preparer().underWay()).isEqualTo(1);
    }

    @Test
    void sequential_names_do_not_count_deletes() {
        history.write(create("/q", 0));
        history.write(create("/q/n-", 2));
        history.write(new WriteOp.Delete("/q/n-0000000000", -1));

        assertThat(createdPath(history.propose(create("/q/n-", 2)))).isEqualTo("/q/n-0000000001");
        history.deliverAll();
        assertThat(history.tree().find("/q").orElseThrow().stat().versions().children())
                .isEqualTo(3);
    }

    @Test
    void requests_see_what_is_proposed_but_not_committed() {
        history.propose(create("/a", 0));

        assertThat(errorOf(history.propose(create("/a", 0)))).isEqualTo(ErrorCode.NODE_EXISTS);
        assertThat(errorOf(history.propose(create("/a/b", 0)))).isEqualTo(ErrorCode.OK);
        assertThat(errorOf(history.propose(new WriteOp.Delete("/a", -1)))).isEqualTo(ErrorCode.NOT_EMPTY);
        assertThat(errorOf(history.propose(new WriteOp.SetData("/a", null, 0)))).isEqualTo(ErrorCode.OK);
        assertThat(errorOf(history.propose(new WriteOp.SetData("/a", null, 0)))).isEqualTo(ErrorCode.BAD_VERSION);
        assertThat(errorOf(history.propose(new WriteOp.Delete("/a/b", -1)))).isEqualTo(ErrorCode.OK);
        assertThat(errorOf(history.propose(new WriteOp.Check("/a/b", -1)))).isEqualTo(ErrorCode.NO_NODE);
        history.deliverAll();
        assertThat(history.preparer().underWay()).isZero();
    }

    @Test
    void a_pending_acl_decides_before_it_is_committed() {
        Acl bobs = new Acl(List.of(new Acl.Entry(Permission.ALL_BITS, BOB)));
        history.propose(create("/a", 0));
        history.propose(new WriteOp.SetAcl("/a", bobs, -1));

        assertThat(errorOf(history.propose(new WriteOp.SetData("/a", null, -1))))
                .isEqualTo(ErrorCode.NO_AUTH);
        assertThat(errorOf(history.propose(create("/a/b", 0)))).isEqualTo(ErrorCode.NO_AUTH);
        history.as(BOB);
        assertThat(errorOf(history.propose(new WriteOp.SetData("/a", null, -1))))
                .isEqualTo(ErrorCode.OK);
    }

    @Test
    void a_multi_does_all_under_one_zxid_or_nothing() {
        Applied done = history.multi(create("/a", 0), create("/a/b", 0), new WriteOp.SetData("/a", null, 0));
        assertThat(done.results()).hasSize(3);
        assertThat(history.tree().find("/a/b").orElseThrow().czxid())
                .isEqualTo(history.tree().find("/a").orElseThrow().mzxid());

        Applied failed = history.multi(
                create("/c", 0), new WriteOp.Check("/a", 0), create("/d", 0), new WriteOp.Delete("/a/b", -1));
        assertThat(failed.error()).isEqualTo(ErrorCode.OK);
        assertThat(failed.results())
                .containsExactly(
                        new OpResult.Failed(ErrorCode.OK),
                        new OpResult.Failed(ErrorCode.BAD_VERSION),
                        new OpResult.Failed(ErrorCode.RUNTIME_INCONSISTENCY),
                        new OpResult.Failed(ErrorCode.RUNTIME_INCONSISTENCY));
        assertThat(failed.triggers()).isEmpty();
        assertThat(errorOf(history.propose(new WriteOp.Check("/c", -1)))).isEqualTo(ErrorCode.NO_NODE);
    }

    @Test
    void closing_a_session_removes_its_ephemerals_committed_or_pending_in_one_transaction() {
        history.write(create("/p", 0));
        history.write(create("/p/committed", 1));
        history.write(create("/p/deleted", 1));
        history.propose(create("/p/pending", 1));
        history.propose(new WriteOp.Delete("/p/deleted", -1));
        history.later(history.preparer().closeSession(History.header(History.SESSION)));
        history.open(OTHER);

        assertThat(history.tree().find("/p").orElseThrow().childNames()).isEmpty();
        assertThat(history.tree().session(History.SESSION)).isEmpty();
        assertThat(history.tree().find("/p").orElseThrow().stat().versions().children())
                .isEqualTo(6);
    }

    @Test
    void a_parent_emptied_by_a_pending_close_can_be_deleted_behind_it() {
        history.open(OTHER);
        history.write(create("/p", 0));
        history.write(create("/p/e", 1));
        history.later(history.preparer().closeSession(History.header(History.SESSION)));
        Txn delete = history.preparer().prepare(History.header(OTHER), List.of(), new WriteOp.Delete("/p", -1));

        Applied applied = history.deliver(delete);

        assertThat(applied.error()).isEqualTo(ErrorCode.OK);
        assertThat(history.tree().find("/p")).isEmpty();
    }

    @Test
    void a_session_closed_or_never_opened_can_do_nothing_more() {
        history.later(history.preparer().closeSession(History.header(History.SESSION)));

        assertThat(errorOf(history.propose(create("/late", 1)))).isEqualTo(ErrorCode.SESSION_EXPIRED);
        assertThat(history.multi(create("/late", 1)).error()).isEqualTo(ErrorCode.SESSION_EXPIRED);
        assertThat(history.close(OTHER).error()).isEqualTo(ErrorCode.SESSION_EXPIRED);
        assertThat(history.tree().ephemeralCount()).isZero();
    }

    @Test
    void an_ephemeral_has_no_children() {
        history.write(create("/e", 1));

        assertThat(history.write(create("/e/c", 0)).error()).isEqualTo(ErrorCode.NO_CHILDREN_FOR_EPHEMERALS);
    }

    @Test
    void bad_requests_get_an_error_each_and_a_zxid_each() {
        long before = history.tree().zxid().value();

        assertThat(history.write(create("no-slash", 0)).error()).isEqualTo(ErrorCode.BAD_ARGUMENTS);
        assertThat(history.write(create("", 2)).error()).isEqualTo(ErrorCode.BAD_ARGUMENTS);
        assertThat(history.write(create("/a//b", 0)).error()).isEqualTo(ErrorCode.NO_NODE);
        assertThat(history.write(create("//", 0)).error()).isEqualTo(ErrorCode.BAD_ARGUMENTS);
        assertThat(history.write(create("/..", 0)).error()).isEqualTo(ErrorCode.BAD_ARGUMENTS);
        assertThat(history.write(create("/a", 77)).error()).isEqualTo(ErrorCode.BAD_ARGUMENTS);
        assertThat(history.write(create("/a", 5)).error()).isEqualTo(ErrorCode.BAD_ARGUMENTS);
        assertThat(history.write(create("/a/b", 0)).error()).isEqualTo(ErrorCode.NO_NODE);
        assertThat(history.write(create("/", 0)).error()).isEqualTo(ErrorCode.NODE_EXISTS);
        assertThat(history.write(new WriteOp.Create("/a", null, new Acl(List.of()), 0))
                        .error())
                .isEqualTo(ErrorCode.INVALID_ACL);
        for (String system : List.of("/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config")) {
            assertThat(history.write(new WriteOp.Delete(system, -1)).error()).isEqualTo(ErrorCode.BAD_ARGUMENTS);
        }
        assertThat(history.write(new WriteOp.SetData("/zookeeper/config", null, -1))
                        .error())
                .isEqualTo(ErrorCode.NO_AUTH);
        assertThat(history.tree().zxid().value()).isEqualTo(before + 15);
    }

    @Test
    void a_container_is_removed_once_it_had_children_and_has_none() {
        ZnodePath path = new ZnodePath("/c");
        history.write(create("/c", 4));
        assertThat(history.tree().due(NOW, 10)).isEmpty();

        history.write(create("/c/x", 0));
        assertThat(history.preparer().removeDue(History.header(OTHER), path)).isEmpty();

        history.write(new WriteOp.Delete("/c/x", -1));
        assertThat(history.tree().due(NOW, 10)).containsExactly(path);
        history.deliver(
                history.preparer().removeDue(History.header(OTHER), path).orElseThrow());
        assertThat(history.tree().find(path)).isEmpty();
        assertThat(history.tree().due(NOW, 10)).isEmpty();
    }

    @Test
    void a_znode_with_a_time_to_live_is_removed_when_it_passed_since_the_last_change_and_there_is_no_child() {
        ZnodePath path = new ZnodePath("/t");
        Znode created = ((OpResult.Created)
                        history.write(createTtl("/t", 5, 50)).results().get(0))
                .znode();
        assertThat(created.stat().ephemeralOwner()).isZero();
        assertThat(history.tree().due(1_049, 10)).isEmpty();
        assertThat(history.tree().due(1_050, 10)).containsExactly(path);

        history.write(create("/t/x", 0));
        assertThat(history.tree().due(Long.MAX_VALUE - 1, 10)).isEmpty();
        assertThat(history.preparer().removeDue(at(2_000), path)).isEmpty();
        history.write(new WriteOp.Delete("/t/x", -1));

        assertThat(history.preparer().removeDue(at(1_049), path)).isEmpty();
        history.deliver(history.preparer().removeDue(at(1_050), path).orElseThrow());
        assertThat(history.tree().find(path)).isEmpty();
        assertThat(history.tree().due(Long.MAX_VALUE - 1, 10)).isEmpty();
    }

    @Test
    void what_is_due_stays_while_anything_under_way_changes_it() {
        ZnodePath path = new ZnodePath("/t");
        history.write(createTtl("/t", 5, 50));
        history.propose(new WriteOp.SetData("/t", null, -1));

        assertThat(history.preparer().removeDue(at(1_050), path)).isEmpty();
        history.deliverAll();
        history.propose(create("/t/x", 0));
        assertThat(history.preparer().removeDue(at(1_050), path)).isEmpty();
        history.deliverAll();
        history.propose(new WriteOp.Delete("/t/x", -1));
        history.propose(new WriteOp.Delete("/t", -1));
        history.propose(createTtl("/t", 5, 99_999));
        assertThat(history.preparer().removeDue(at(1_050), path)).isEmpty();
        history.deliverAll();
        assertThat(history.tree().due(1_050, 10)).isEmpty();
    }

    @Test
    void a_time_to_live_has_bounds_and_a_mode_of_its_own() {
        assertThat(history.write(createTtl("/a", 5, 0)).error()).isEqualTo(ErrorCode.BAD_ARGUMENTS);
        assertThat(history.write(createTtl("/a", 5, 1L << 40)).error()).isEqualTo(ErrorCode.BAD_ARGUMENTS);
        assertThat(history.write(createTtl("/a", 0, 50)).error()).isEqualTo(ErrorCode.BAD_ARGUMENTS);
        assertThat(history.write(createTtl("/a", 4, 50)).error()).isEqualTo(ErrorCode.BAD_ARGUMENTS);
        assertThat(history.write(createTtl("/a", 5, (1L << 40) - 1)).error()).isEqualTo(ErrorCode.OK);
        assertThat(createdPath(history.propose(createTtl("/s-", 6, 1)))).isEqualTo("/s-0000000001");
    }

    @Test
    void no_session_has_an_id_that_reads_as_a_container_or_a_time_to_live() {
        long top = 0xff00_0000_0000_0000L;
        SessionIds ids = new SessionIds(new ServerId(255), new Epoch(0));

        assertThat(Owner.isSession(top | 1)).isFalse();
        assertThat(Owner.isSession(ids.next().value())).isTrue();
        assertThat(Owner.isSession(
                        new SessionIds(new ServerId(128), new Epoch(0)).next().value()))
                .isTrue();
    }

    private static WriteOp createTtl(String path, int flag, long ttlMillis) {
        return new WriteOp.Create(path, Payload.EMPTY, Acl.OPEN, flag, ttlMillis);
    }

    private static Txn.Header at(long wallMillis) {
        return new Txn.Header(
                Txn.Header.NO_CLIENT, 0, wallMillis, History.header(OTHER).origin());
    }

    @Test
    void changes_trigger_watches_in_the_order_of_their_effects() {
        assertThat(history.write(create("/a", 0)).triggers())
                .extracting(Trigger::type, trigger -> trigger.path().value())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(EventType.NODE_CREATED, "/a"),
                        org.assertj.core.groups.Tuple.tuple(EventType.NODE_CHILDREN_CHANGED, "/"));
        assertThat(history.write(new WriteOp.SetData("/a", null, -1)).triggers())
                .containsExactly(new Trigger(EventType.NODE_DATA_CHANGED, new ZnodePath("/a"), Acl.OPEN));
        assertThat(history.write(new WriteOp.SetAcl("/a", Acl.OPEN, -1)).triggers())
                .isEmpty();
        assertThat(history.write(new WriteOp.Delete("/a", -1)).triggers())
                .extracting(Trigger::type)
                .containsExactly(EventType.NODE_DELETED, EventType.NODE_CHILDREN_CHANGED);
    }

    @Test
    void versions_skip_the_number_that_means_any() {
        assertThat(OpPreparer.after(-2)).isZero();
        assertThat(OpPreparer.after(Integer.MAX_VALUE)).isEqualTo(Integer.MIN_VALUE);
        assertThat(OpPreparer.suffix(42)).isEqualTo("0000000042");
        assertThat(OpPreparer.suffix(Integer.MAX_VALUE)).isEqualTo("2147483647");
        assertThat(OpPreparer.suffix(-5)).isEqualTo("-000000005");
    }
}
