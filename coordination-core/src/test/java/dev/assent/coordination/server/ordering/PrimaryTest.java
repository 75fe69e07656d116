package dev.assent.coordination.server.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.coordination.LogLines;
import dev.assent.coordination.model.Acl;
import dev.assent.coordination.model.CreateMode;
import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.ErrorCode;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.SessionId;
import dev.assent.coordination.model.SessionPassword;
import dev.assent.coordination.model.WriteOp;
import dev.assent.coordination.model.ZnodePath;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.quorum.Majority;
import dev.assent.coordination.server.ordering.ServerMessage.CaughtUp;
import dev.assent.coordination.server.ordering.ServerMessage.Claim;
import dev.assent.coordination.server.ordering.ServerMessage.Confirmed;
import dev.assent.coordination.server.ordering.ServerMessage.Displaced;
import dev.assent.coordination.server.ordering.ServerMessage.ForwardedOrder;
import dev.assent.coordination.server.ordering.ServerMessage.Heard;
import dev.assent.coordination.server.ordering.ServerMessage.Mark;
import dev.assent.coordination.server.ordering.ServerMessage.Reopened;
import dev.assent.coordination.tree.Change;
import dev.assent.coordination.tree.DataTree;
import dev.assent.coordination.tree.Txn;
import dev.assent.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A leader's duties, with its proposals committed when the test says so. */
final class PrimaryTest {
    private static final ServerId LEADER = new ServerId(1);
    private static final ServerId FIRST = new ServerId(2);
    private static final ServerId SECOND = new ServerId(3);
    private static final int TICK_MILLIS = 100;
    private static final int REPORT_MILLIS = 10;
    /** A session's. */
    private static final int TIMEOUT_MILLIS = 4 * TICK_MILLIS;
    /** How late a session may expire: by a bucket, and by what its server's reports may take. */
    private static final int LATE_MILLIS_MAX = TICK_MILLIS / 4 + 5 * REPORT_MILLIS;

    private static final byte[] PASSWORD = new byte[SessionPassword.SIZE];
    private static final WriteOp SET_ROOT = new WriteOp.SetData("/", null, WriteOp.ANY_VERSION);
    private static final int TTL_MILLIS = 150;
    private static final WriteOp CREATE_TTL =
            new WriteOp.Create("/t", null, Acl.OPEN, CreateMode.PERSISTENT_WITH_TTL.flag(), TTL_MILLIS);
    private static final long TTL_MARK = 0xff00_0000_0000_0000L;

    private final Deque<Txn> proposed = new ArrayDeque<>();
    private final List<String> told = new ArrayList<>();
    private DataTree tree = DataTree.initial();
    private Zxid last = Zxid.startOf(new Epoch(1));
    private final Map<ServerId, Mark> marks = new HashMap<>();
    private long backedMillisAgo;
    private boolean room = true;
    private long nowMillis = 1_000;
    private Primary primary = newPrimary(1);

    private Primary newPrimary(int epoch) {
        Clock clock = new Clock() {
            @Override
            public long monotonicMillis() {
                return nowMillis;
            }

            @Override
            public long epochMillis() {
                return nowMillis;
            }
        };
        OrderingConfig setting = new OrderingConfig(
                LEADER,
                TICK_MILLIS,
                REPORT_MILLIS,
                new Majority(List.of(LEADER, FIRST, SECOND)),
                clock,
                () -> new SessionPassword(PASSWORD),
                0);
        Primary.Context context = new Primary.Context() {
            @Override
            public void propose(Txn txn) {
                proposed.add(txn);
            }

            @Override
            public boolean hasRoom() {
                return room;
            }

            @Override
            public void tell(ServerId to, ServerMessage message) {
                if (message instanceof Confirmed confirmed) {
                    marks.put(to, confirmed.mark());
                    backedMillisAgo = confirmed.backedMillisAgo();
                } else {
                    told.add(to + " " + message);
                }
            }

            @Override
            public DataTree tree() {
                return tree;
            }
        };
        return new Primary(context, setting, new Epoch(epoch));
    }

    /** Time goes on, in which {@code reporting} servers report at their pace that these live. */
    private void pass(long millis, List<ServerId> reporting, SessionId... alive) {
        for (long passed = 0; passed < millis; passed += REPORT_MILLIS) {
            nowMillis += REPORT_MILLIS;
            reporting.forEach(server -> report(server, alive));
            primary.tick();
        }
    }

    private void report(ServerId server, SessionId... alive) {
        Mark mark = marks.getOrDefault(server, Mark.NONE);
        primary.heard(server, new Heard(List.of(alive), true, nowMillis, mark));
    }

    private Txn commit() {
        Txn txn = proposed.remove();
        last = last.next();
        tree = tree.apply(last, txn).tree();
        primary.applied(txn);
        return txn;
    }

    private SessionId open(ServerId server) {
        primary.take(server, new ForwardedOrder(1, new Order.Open(TIMEOUT_MILLIS)));
        return commit().header().session();
    }

    private Txn change(ServerId server, SessionId session, long tenure) {
        primary.take(server, new ForwardedOrder(2, write(session, tenure, SET_ROOT)));
        return commit();
    }

    private static Order write(SessionId session, long tenure, WriteOp op) {
        return new Order.Write(new Order.Sender(session, tenure, 9), List.of(), op);
    }

    private void reopen(ServerId server, SessionId session, byte[] password) {
        primary.take(server, new ForwardedOrder(3, new Order.Reopen(session, Payload.wrap(password))));
    }

    @Test
    void a_late_request_on_a_connection_that_the_session_left_is_refused_as_moved() {
        SessionId session = open(FIRST);
        assertThat(change(FIRST, session, 0)).isInstanceOf(Txn.Single.class);

        reopen(SECOND, session, PASSWORD);

        long tenure = 1L << 32 | 1;
        assertThat(told)
                .containsExactly(
                        FIRST + " " + new Displaced(session, tenure),
                        SECOND + " " + new Reopened(3, last, tenure, TIMEOUT_MILLIS));
        assertThat(change(FIRST, session, 0))
                .isInstanceOfSatisfying(Txn.Rejected.class, refused -> assertThat(refused.error())
                        .isEqualTo(ErrorCode.SESSION_MOVED));
        assertThat(change(SECOND, session, tenure)).isInstanceOf(Txn.Single.class);
    }

    @Test
    void a_wrong_password_or_a_session_that_ends_is_not_to_be_had() {
        SessionId session = open(FIRST);
        byte[] wrong = PASSWORD.clone();
        wrong[0]++;

        reopen(SECOND, session, wrong);
        pass(10 * TICK_MILLIS, List.of(FIRST));
        reopen(SECOND, session, PASSWORD);

        assertThat(proposed).hasSize(1).first().isInstanceOf(Txn.ExpireSessions.class);
        assertThat(told).hasSize(2).allMatch(message -> message.contains("timeoutMillis=0"));
    }

    @Test
    void a_session_expires_unless_somebody_heard_from_it() {
        SessionId silent = open(FIRST);
        SessionId alive = open(FIRST);
        pass(TIMEOUT_MILLIS, List.of(FIRST), alive);
        assertThat(proposed).isEmpty();

        pass(LATE_MILLIS_MAX, List.of(FIRST), alive);

        assertThat(proposed).hasSize(1).first().isInstanceOf(Txn.ExpireSessions.class);
        assertThat(commit().closedSessions()).containsExactly(silent);
    }

    @Test
    void a_znode_is_deleted_in_its_turn_when_its_time_to_live_has_passed_by_the_leaders_clock() {
        SessionId session = open(FIRST);
        primary.take(FIRST, new ForwardedOrder(2, write(session, 0, CREATE_TTL)));
        commit();
        long created = nowMillis;

        nowMillis = created + TTL_MILLIS - 1;
        report(FIRST, session);
        primary.tick();
        assertThat(proposed).isEmpty();
        nowMillis = created + TTL_MILLIS;
        primary = newPrimary(2);
        primary.tick();
        primary.tick();

        assertThat(proposed).hasSize(1);
        assertThat(commit())
                .isEqualTo(new Txn.Single(
                        new Txn.Header(Txn.Header.NO_CLIENT, 0, nowMillis, new Txn.Origin(new ServerId(0), 0)),
                        new Change.Delete(new ZnodePath("/t"))));
    }

    /** So many znodes whose time to live is over. */
    private void plantDue(int count) {
        for (int i = 0; i < count; i++) {
            ZnodePath path = new ZnodePath("/due-" + i);
            Txn.Header header = new Txn.Header(new SessionId(1), 0, nowMillis - 10, new Txn.Origin(new ServerId(0), 0));
            last = last.next();
            tree = tree.apply(
                            last, new Txn.Single(header, new Change.Create(path, null, Acl.OPEN, TTL_MARK | 1, i + 1)))
                    .tree();
        }
        primary = newPrimary(2);
    }

    @Test
    void znodes_whose_time_has_come_go_in_portions_but_as_fast_as_the_loop_turns() {
        long before = tree.znodeCount();
        plantDue(2_500);
        int most = 0;
        for (int tick = 0; tick < 30; tick++) {
            primary.tick();
            most = Math.max(most, proposed.size());
            while (!proposed.isEmpty()) {
                commit();
            }
            nowMillis += REPORT_MILLIS;
        }

        assertThat(tree.znodeCount()).isEqualTo(before);
        assertThat(most).isEqualTo(100);
    }

    @Test
    void while_nothing_commits_no_more_znodes_are_deleted_than_may_be_under_way() {
        plantDue(2_500);

        pass(50 * REPORT_MILLIS, List.of(FIRST));

        assertThat(proposed).hasSize(1_000);
    }

    @Test
    void what_clients_have_under_way_keeps_no_silent_session_and_no_due_znode() {
        plantDue(1);
        SessionId silent = open(FIRST);
        SessionId busy = open(SECOND);
        for (int i = 0; i < 6_000; i++) {
            primary.take(SECOND, new ForwardedOrder(100 + i, write(busy, 0, SET_ROOT)));
        }
        pass(TIMEOUT_MILLIS + LATE_MILLIS_MAX, List.of(FIRST, SECOND), busy);

        assertThat(proposed).hasSize(6_002);
        List<Txn> own = List.copyOf(proposed).subList(6_000, 6_002);
        assertThat(own.get(0)).isInstanceOfSatisfying(Txn.Single.class, one -> assertThat(one.change())
                .isEqualTo(new Change.Delete(new ZnodePath("/due-0"))));
        assertThat(own.get(1)).isInstanceOf(Txn.ExpireSessions.class);
        assertThat(own.get(1).closedSessions()).containsExactly(silent);
    }

    @Test
    void what_must_not_be_proposed_yet_waits_in_its_order_and_who_changes_servers_does_not() {
        SessionId session = open(FIRST);
        room = false;
        primary.take(FIRST, new ForwardedOrder(11, new Order.Open(TIMEOUT_MILLIS)));
        primary.take(SECOND, new ForwardedOrder(12, new Order.Open(TIMEOUT_MILLIS)));
        primary.take(FIRST, new ForwardedOrder(13, new Order.CatchUp()));
        reopen(SECOND, session, PASSWORD);
        primary.tick();

        assertThat(proposed).isEmpty();
        assertThat(told).hasSize(2).last().asString().startsWith(SECOND + " " + Reopened.class.getSimpleName());
        told.clear();
        room = true;
        primary.tick();
        assertThat(proposed).extracting(txn -> txn.header().origin().request()).containsExactly(11L, 12L);
        assertThat(told).isEmpty();
        commit();
        commit();
        assertThat(told).containsExactly(FIRST + " " + new CaughtUp(13, last));
    }

    @Test
    void who_asks_to_be_caught_up_needs_no_room() {
        room = false;

        primary.take(FIRST, new ForwardedOrder(7, new Order.CatchUp()));

        assertThat(told).containsExactly(FIRST + " " + new CaughtUp(7, tree.zxid()));
    }

    @Test
    void time_in_which_the_leader_could_not_listen_counts_against_nobody() {
        SessionId session = open(FIRST);
        pass(TICK_MILLIS, List.of(FIRST), session);

        nowMillis += 100 * TIMEOUT_MILLIS;
        primary.tick();
        primary.tick();
        assertThat(proposed).isEmpty();

        pass(4 * TIMEOUT_MILLIS, List.of(FIRST), session);
        assertThat(proposed).isEmpty();
    }

    @Test
    void a_session_of_a_silent_server_outlives_every_ping_that_the_server_may_have_answered() {
        SessionId session = open(FIRST);
        pass(TICK_MILLIS, List.of(FIRST), session);
        long answeredMax = new EdgePatience(TIMEOUT_MILLIS).answeredMillisMax();

        pass(answeredMax + TIMEOUT_MILLIS - 2 * REPORT_MILLIS, List.of(SECOND));
        assertThat(proposed).isEmpty();

        pass(2 * LATE_MILLIS_MAX, List.of(SECOND));
        assertThat(proposed).hasSize(1);
    }

    @Test
    void a_server_that_reports_a_session_too_late_hears_that_it_is_over_before_its_end_is_committed() {
        SessionId session = open(FIRST);
        pass(4 * TIMEOUT_MILLIS, List.of(SECOND));
        assertThat(proposed).hasSize(1).first().isInstanceOf(Txn.ExpireSessions.class);

        report(FIRST, session);

        assertThat(told).containsExactly(FIRST + " " + new Displaced(session, Long.MAX_VALUE));
    }

    @Test
    void a_server_that_was_silent_saves_its_sessions_by_reporting_in_time() {
        SessionId session = open(FIRST);
        SessionId gone = open(FIRST);
        pass(TICK_MILLIS, List.of(FIRST), session, gone);
        pass(TIMEOUT_MILLIS + LATE_MILLIS_MAX, List.of());
        assertThat(proposed).isEmpty();

        pass(TIMEOUT_MILLIS, List.of(FIRST), session);

        assertThat(proposed).hasSize(1);
        assertThat(commit().closedSessions()).containsExactly(gone);
    }

    @Test
    void a_report_is_confirmed_with_how_long_ago_a_quorum_followed() {
        report(FIRST);
        assertThat(backedMillisAgo).as("nobody has repeated a mark").isGreaterThan(1_000_000_000L);

        nowMillis += 30;
        report(FIRST);
        assertThat(backedMillisAgo).isEqualTo(30);

        nowMillis += 50;
        report(SECOND);
        assertThat(backedMillisAgo)
                .as("the last mark that was repeated is as old")
                .isEqualTo(80);
    }

    @Test
    void many_that_expire_together_end_a_portion_at_a_time_and_stop_while_nothing_commits() {
        for (int i = 0; i < 12_000; i++) {
            open(FIRST);
        }
        pass(TIMEOUT_MILLIS, List.of(FIRST));
        pass(100 * REPORT_MILLIS, List.of(FIRST));

        assertThat(proposed).allSatisfy(txn -> assertThat(txn.closedSessions()).hasSize(200));
        assertThat(proposed).hasSize(5_000 / 200);
        commit();
        pass(REPORT_MILLIS, List.of(FIRST));
        assertThat(proposed).hasSize(5_000 / 200).last().satisfies(txn -> assertThat(txn.closedSessions())
                .hasSize(200));
        while (!proposed.isEmpty()) {
            commit();
            pass(REPORT_MILLIS, List.of(FIRST));
        }
        assertThat(tree.sessionCount()).isZero();
    }

    @Test
    void a_new_leader_gives_every_session_a_full_time_out_after_any_ping_that_was_answered_under_the_old_one() {
        open(FIRST);
        pass(TICK_MILLIS, List.of(FIRST));
        primary = newPrimary(2);

        pass(TIMEOUT_MILLIS + new EdgePatience(TIMEOUT_MILLIS).answeredMillisMax(), List.of(SECOND));
        assertThat(proposed).isEmpty();

        pass(LATE_MILLIS_MAX, List.of(SECOND));
        assertThat(proposed).hasSize(1);
    }

    @Test
    void of_two_servers_that_claim_a_session_the_later_tenure_keeps_it_whoever_comes_first() {
        SessionId session = open(FIRST);
        reopen(SECOND, session, PASSWORD);
        told.clear();
        long tenure = 1L << 32 | 1;
        for (boolean olderFirst : new boolean[] {true, false}) {
            primary = newPrimary(2);
            primary.claimed(olderFirst ? FIRST : SECOND, List.of(new Claim(session, olderFirst ? 0 : tenure)));
            primary.claimed(olderFirst ? SECOND : FIRST, List.of(new Claim(session, olderFirst ? tenure : 0)));
        }

        assertThat(told).hasSize(2).containsOnly(FIRST + " " + new Displaced(session, tenure));
    }

    @Test
    void a_claimed_session_that_is_over_costs_its_connection() {
        SessionId gone = new SessionId(4_711);

        primary.claimed(FIRST, List.of(new Claim(gone, 0)));

        assertThat(told).containsExactly(FIRST + " " + new Displaced(gone, Long.MAX_VALUE));
    }

    @Test
    void who_asks_to_be_caught_up_is_answered_after_what_was_proposed_before_and_not_later() {
        SessionId session = open(FIRST);
        primary.take(FIRST, new ForwardedOrder(2, write(session, 0, SET_ROOT)));
        primary.take(SECOND, new ForwardedOrder(7, new Order.CatchUp()));
        primary.take(FIRST, new ForwardedOrder(8, write(session, 0, SET_ROOT)));

        assertThat(told).isEmpty();
        commit();
        assertThat(told).containsExactly(SECOND + " " + new CaughtUp(7, last));
        assertThat(proposed).hasSize(1);
    }

    @Test
    void a_change_that_is_to_be_refused_has_its_place_in_the_history_and_the_next_one_is_served() {
        SessionId session = open(FIRST);
        Order.Sender sender = new Order.Sender(session, 0, 77);

        primary.take(FIRST, new ForwardedOrder(2, new Order.Refuse(sender, ErrorCode.MARSHALLING_ERROR)));

        Txn.Header header = new Txn.Header(session, 77, nowMillis, new Txn.Origin(FIRST, 2));
        assertThat(commit()).isEqualTo(new Txn.Rejected(header, ErrorCode.MARSHALLING_ERROR, List.of()));
        assertThat(change(FIRST, session, 0)).isInstanceOf(Txn.Single.class);
    }

    @Test
    void a_multi_and_the_end_of_a_session_are_changes_as_a_single_write_is() {
        SessionId session = open(FIRST);
        Order.Sender sender = new Order.Sender(session, 0, 77);

        primary.take(FIRST, new ForwardedOrder(2, new Order.Multi(sender, List.of(), List.of(SET_ROOT, CREATE_TTL))));
        primary.take(FIRST, new ForwardedOrder(3, new Order.CloseSession(sender)));

        assertThat(commit()).isInstanceOfSatisfying(Txn.Multi.class, multi -> assertThat(multi.changes())
                .hasSize(2));
        assertThat(commit()).isInstanceOf(Txn.CloseSession.class);
    }

    @Test
    void sessions_with_many_ephemeral_znodes_end_a_few_at_a_time() {
        SessionId[] rich = {open(FIRST), open(FIRST), open(FIRST)};
        for (SessionId session : rich) {
            for (int i = 0; i < 600; i++) {
                WriteOp create =
                        new WriteOp.Create("/e-" + session + "-" + i, null, Acl.OPEN, CreateMode.EPHEMERAL.flag());
                primary.take(FIRST, new ForwardedOrder(2, write(session, 0, create)));
                commit();
            }
        }
        report(FIRST, rich);
        pass(TIMEOUT_MILLIS + LATE_MILLIS_MAX + TICK_MILLIS, List.of(FIRST));

        assertThat(proposed).hasSize(2);
        assertThat(commit().closedSessions()).hasSize(2);
        assertThat(commit().closedSessions()).hasSize(1);
    }

    @Test
    void a_session_that_expires_is_named_and_what_expires_within_ten_seconds_is_one_more_line() {
        try (LogLines lines = LogLines.of(ExpiryLog.class)) {
            SessionId first = open(FIRST);
            pass(TIMEOUT_MILLIS + LATE_MILLIS_MAX, List.of(FIRST));
            assertThat(lines.all())
                    .containsExactly(
                            "session " + first + " expired: its client was not heard for " + TIMEOUT_MILLIS + " ms");
            commit();

            for (int i = 0; i < 300; i++) {
                open(FIRST);
            }
            pass(TIMEOUT_MILLIS + LATE_MILLIS_MAX, List.of(FIRST));
            assertThat(lines.all()).hasSize(1);
            pass(ExpiryLog.INTERVAL_MILLIS, List.of(FIRST));

            assertThat(lines.all())
                    .hasSize(2)
                    .last()
                    .asString()
                    .contains("300 sessions expired", "with a time-out of " + TIMEOUT_MILLIS + " ms");
        }
    }

    @Test
    void that_questions_wait_to_be_proposed_is_told_when_it_lasts_and_when_it_is_over() {
        try (LogLines lines = LogLines.of(Congestion.class)) {
            SessionId session = open(FIRST);
            room = false;
            primary.take(FIRST, new ForwardedOrder(2, write(session, 0, SET_ROOT)));
            pass(Congestion.PATIENCE_MILLIS / 2, List.of(FIRST), session);
            assertThat(lines.all()).isEmpty();
            pass(2 * Congestion.PATIENCE_MILLIS, List.of(FIRST), session);
            assertThat(lines.all()).singleElement().asString().contains("wait to be proposed: 1, because");
            room = true;
            pass(2 * Congestion.PATIENCE_MILLIS, List.of(FIRST), session);

            assertThat(lines.all()).hasSize(2).last().asString().contains("wait to be proposed: no longer, after ");
        }
    }
}
