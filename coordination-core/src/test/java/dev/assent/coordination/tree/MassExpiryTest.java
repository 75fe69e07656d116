package dev.assent.coordination.tree;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.model.WriteOp;
import dev.assent.coordination.model.Zxid;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/**
 * What it costs when very many sessions end at once, with all their ends under way together. Bytes allocated stand for
 * the work: unlike time they do not depend on what else the machine does.
 */
class MassExpiryTest {
    private static final double RATIO_MAX = 2.3;
    private static final int SESSIONS_MIN = 4_000;
    private static final int SESSIONS_MAX = 32_000;

    @Test
    void ending_twice_as_many_sessions_costs_twice_as_much() {
        long before = costOfExpiring(SESSIONS_MIN);
        for (int sessions = 2 * SESSIONS_MIN; sessions <= SESSIONS_MAX; sessions *= 2) {
            long cost = costOfExpiring(sessions);
            assertThat((double) cost / before)
                    .as("the cost of %d against that of half of them", sessions)
                    .isLessThan(RATIO_MAX);
            before = cost;
        }
    }

    @Test
    void a_session_ends_with_its_ephemerals_of_before_and_of_what_is_under_way_and_no_others() {
        Store store = new Store();
        SessionId mine = store.open(1);
        SessionId others = store.open(2);
        store.create(mine, "/committed", 1);
        store.create(mine, "/deleted", 1);
        store.deliverAll();

        store.create(mine, "/under-way", 1);
        store.create(others, "/of-another", 1);
        store.create(mine, "/persistent", 0);
        store.propose(store.preparer.prepare(store.header(mine), List.of(), new WriteOp.Delete("/deleted", -1)));
        store.create(others, "/deleted", 1);
        store.propose(
                store.preparer.prepare(store.header(mine), List.of(), new WriteOp.SetData("/under-way", null, -1)));
        store.propose(store.preparer.closeSession(store.header(mine)));

        assertThat(store.exists(others, "/committed")).isFalse();
        assertThat(store.exists(others, "/under-way")).isFalse();
        assertThat(store.exists(others, "/persistent")).isTrue();
        assertThat(store.exists(others, "/of-another")).isTrue();
        assertThat(store.exists(others, "/deleted")).isTrue();
        store.deliverAll();
        assertThat(store.tree.find("/deleted").orElseThrow().ephemeralOwner()).isEqualTo(others.value());
    }

    private static long costOfExpiring(int count) {
        Store store = new Store();
        List<SessionId> sessions = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            SessionId session = store.open(i);
            store.create(session, "/e" + i, 1);
            sessions.add(session);
            store.deliverAll();
        }
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long start = thread.getThreadAllocatedBytes(Thread.currentThread().getId());
        for (SessionId session : sessions) {
            store.propose(store.preparer.closeSession(store.header(session)));
        }
        store.deliverAll();
        assertThat(store.tree.ephemeralCount()).isZero();
        assertThat(store.tree.sessionCount()).isZero();
        return thread.getThreadAllocatedBytes(Thread.currentThread().getId()) - start;
    }

    /** A leader's preparer, and the tree once the test delivers. */
    private static final class Store {
        private DataTree tree = DataTree.initial();
        private final TxnPreparer preparer = new TxnPreparer(tree);
        private final Queue<Txn> underWay = new ArrayDeque<>();
        private Zxid last = Zxid.startOf(new Epoch(1));

        Txn.Header header(SessionId session) {
            return new Txn.Header(session, 1, 1, new Txn.Origin(new ServerId(1), 1));
        }

        SessionId open(long id) {
            SessionId session = new SessionId(id);
            SessionPassword password = new SessionPassword(new byte[SessionPassword.SIZE]);
            propose(preparer.openSession(header(session), password, 10_000));
            return session;
        }

        void create(SessionId session, String path, int flag) {
            propose(preparer.prepare(
                    header(session), List.of(), new WriteOp.Create(path, Payload.EMPTY, Acl.OPEN, flag)));
        }

        boolean exists(SessionId session, String path) {
            Txn txn = preparer.prepare(header(session), List.of(), new WriteOp.Check(path, -1));
            underWay.add(txn);
            return txn instanceof Txn.Single;
        }

        void propose(Txn txn) {
            assertThat(txn).isNotInstanceOf(Txn.Rejected.class);
            underWay.add(txn);
        }

        void deliverAll() {
            for (Txn txn = underWay.poll(); txn != null; txn = underWay.poll()) {
                last = last.next();
                tree = tree.apply(last, txn).tree();
                preparer.delivered(tree);
            }
        }
    }
}
