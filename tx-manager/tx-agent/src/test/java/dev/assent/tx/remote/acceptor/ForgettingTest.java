package dev.assent.tx.remote.acceptor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.time.Clock;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.protocol.paxos.AcceptorReply;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.protocol.paxos.PaxosRegister;
import dev.assent.tx.spi.AcceptorAddresses;
import dev.assent.tx.spi.AcceptorLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two services and a node keep registers whose coordinator is dead; each has its disk, and answers at once. */
class ForgettingTest {
    private static final Forgetting.Limits LIMITS = new Forgetting.Limits(60_000, 10_000, 10_000, 1_000, 10_000);
    private static final int REGISTERS_MAX = 1_000;
    private static final int NODE = 2;

    /** One process; {@code reached} says whether the others reach it. */
    private static final class Place {
        private final AcceptorAddresses.Entry entry;
        private final LiveEntries disk = new LiveEntries();
        private final Set<GlobalTxId> unended = new HashSet<>();
        private AcceptorHost host;
        private boolean reached = true;
        private boolean hearsForget = true;
        /** In its resource, which outlives its process. */
        private final Set<GlobalTxId> prepared = new HashSet<>();

        private boolean resourceAnswers = true;

        Place(int number) {
            entry = new AcceptorAddresses.Entry(new AcceptorId(new UUID(2, number)), "127.0.0.1:" + (number + 1));
            host = start();
        }

        private AcceptorHost start() {
            AcceptorHost started = new AcceptorHost(new Disk(), new AcceptorHost.Limits(REGISTERS_MAX, 10_000, 60_000));
            started.keepWhile(unended::contains);
            started.asking((transaction, resources) -> resourceAnswers && resources.equals(Set.of(Sample.RESOURCE))
                    ? CompletableFuture.completedStage(!prepared.contains(transaction))
                    : CompletableFuture.failedStage(new IOException("the resource gives no answer")));
            return started;
        }

        void restart() {
            host = start();
        }

        Map<GlobalTxId, PaxosRegister> registers() {
            return disk.contents().registers();
        }

        int known() {
            return registers().size() + disk.contents().kept().size();
        }

        private final class Disk implements AcceptorLog {
            @Override
            public AcceptorId id() {
                return entry.acceptor();
            }

            @Override
            public Contents contents() {
                return disk.contents();
            }

            @Override
            public CompletionStage<Void> save(Entry saved) {
                disk.add(saved);
                return CompletableFuture.completedStage(null);
            }

            @Override
            public void close() {}
        }
    }

    private final List<Place> processes = List.of(new Place(0), new Place(1), new Place(NODE));
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Set<GlobalTxId> recorded = new HashSet<>();
    private final List<Forgetting> participants = new ArrayList<>();
    private Consumer<GlobalTxId> whenAskedForEnds = transaction -> {};
    private boolean storeIsAway;
    private long nowMillis = Sample.DEADLINE;

    ForgettingTest() {
        join(0);
        join(1);
    }

    private void join(int number) {
        AcceptorHost host = processes.get(number).host;
        AcceptorRoutes routes = AcceptorRoutes.around(host, new Network());
        participants.add(new Forgetting(host, routes, new Terminations(routes, timer), new Now(), LIMITS));
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private final class Now implements Clock {
        @Override
        public long epochMillis() {
            return nowMillis;
        }

        @Override
        public long nanos() {
            return TimeUnit.MILLISECONDS.toNanos(nowMillis);
        }
    }

    private final class Network implements AcceptorRoutes {
        private Optional<AcceptorHost> at(AcceptorAddresses.Entry entry) {
            return processes.stream()
                    .filter(process -> process.entry.equals(entry) && process.reached)
                    .map(process -> process.host)
                    .findFirst();
        }

        private <T> CompletionStage<T> unreached() {
            return CompletableFuture.failedStage(new IOException("nobody is there"));
        }

        @Override
        public CompletionStage<AcceptorReply> ask(
                AcceptorAddresses.Entry to, GlobalTxId transaction, AcceptorRequest request) {
            boolean isLost = request instanceof AcceptorRequest.Forget
                    && processes.stream().anyMatch(process -> process.entry.equals(to) && !process.hearsForget);
            return isLost
                    ? unreached()
                    : at(to).map(host -> host.ask(transaction, request)).orElseGet(this::unreached);
        }

        @Override
        public CompletionStage<Void> learn(AcceptorAddresses.Entry to, GlobalTxId transaction, Decision chosen) {
            return unreached();
        }

        @Override
        public CompletionStage<Boolean> ended(AcceptorAddresses.Entry whom, GlobalTxId transaction) {
            whenAskedForEnds.accept(transaction);
            return at(whom).map(host -> host.hasEnded(transaction)).orElseGet(this::unreached);
        }
    }

    private AcceptorAddresses addresses() {
        return new AcceptorAddresses(
                processes.stream().map(process -> process.entry).toList());
    }

    /** Both services have voted in it, and those have accepted COMMIT under ballot 0; then the coordinator died. */
    private GlobalTxId voted(int number, int... accepted) {
        GlobalTxId transaction = Sample.transaction(number);
        for (int service = 0; service < NODE; service++) {
            CompletionStage<Void> unused = processes.get(service).host.keep(transaction, Sample.RESOURCE, addresses());
        }
        for (int acceptor : accepted) {
            CompletionStage<AcceptorReply> unused = processes.get(acceptor).host.ask(transaction, Sample.PRE_COMMIT);
        }
        return transaction;
    }

    private void pass(long millis) {
        nowMillis += millis;
        participants.forEach(participant -> participant.look(transaction -> {
            if (storeIsAway) {
                return CompletableFuture.failedStage(new IOException("the store is away"));
            }
            recorded.add(transaction);
            return CompletableFuture.completedStage(null);
        }));
        processes.forEach(process -> {
            CompletionStage<Void> unused = process.host.tidy(nowMillis);
        });
    }

    private boolean isForgottenAnywhere(GlobalTxId transaction) {
        return processes.stream()
                .map(process -> process.registers().get(transaction))
                .anyMatch(register -> register == null || register.isForgotten());
    }

    private void assertIdle() {
        assertThat(processes).allSatisfy(process -> assertThat(process.known()).isZero());
    }

    @Test
    void after_many_dead_coordinators_the_logs_are_as_small_as_before() {
        List<GlobalTxId> committed = IntStream.range(0, 400)
                .mapToObj(number -> voted(number, 0, 1, 2))
                .toList();
        IntStream.range(400, 800).forEach(number -> voted(number));
        assertThat(processes.get(0).known()).isEqualTo(1_200);

        pass(60_000);

        assertIdle();
        assertThat(recorded).containsExactlyInAnyOrderElementsOf(committed);
    }

    @Test
    void nothing_is_forgotten_before_it_is_due() {
        GlobalTxId transaction = voted(1, 0, 1, 2);

        pass(59_999);

        assertThat(isForgottenAnywhere(transaction)).isFalse();
    }

    @Test
    void nobody_forgets_while_a_branch_of_any_participant_has_not_ended() {
        GlobalTxId transaction = voted(1, 0, 1, 2);
        processes.get(1).unended.add(transaction);

        pass(60_000);
        pass(10_000);
        assertThat(isForgottenAnywhere(transaction)).isFalse();

        processes.get(1).unended.clear();
        pass(10_000);
        assertIdle();
    }

    @Test
    void a_participant_whose_own_branch_has_not_ended_begins_nothing() {
        GlobalTxId transaction = voted(1, 0, 1);
        processes.get(0).unended.add(transaction);
        participants.remove(1);

        pass(60_000);

        assertThat(processes.get(NODE).registers()).isEmpty();
    }

    @Test
    void nobody_forgets_while_a_participant_cannot_be_asked_whether_it_has_ended() {
        GlobalTxId transaction = voted(1, 0, 1, 2);
        processes.get(1).reached = false;

        pass(60_000);
        assertThat(isForgottenAnywhere(transaction)).isFalse();

        processes.get(1).reached = true;
        pass(10_000);
        assertIdle();
    }

    @Test
    void that_acceptors_may_have_forgotten_long_ago_says_nothing_about_the_branches() {
        voted(1, 0, 1, 2);
        pass(60_000);
        assertIdle(); // and from here on each refuses what it has never heard of and is as old
        GlobalTxId transaction = voted(2);
        processes.get(1).unended.add(transaction);

        pass(10_000);
        assertThat(processes.get(0).host.keptOf(transaction)).isPresent();
        assertThat(processes.get(1).host.keptOf(transaction)).isPresent();

        processes.get(1).unended.clear();
        pass(10_000);
        assertIdle();
    }

    @Test
    void who_has_voted_in_a_life_before_says_that_it_has_ended_once_its_resource_does() {
        GlobalTxId transaction = voted(1, 0, 1, 2);
        processes.get(1).restart();
        processes.get(1).prepared.add(transaction);
        participants.remove(1);
        pass(60_000);
        assertThat(isForgottenAnywhere(transaction)).isFalse();

        processes.get(1).resourceAnswers = false;
        processes.get(1).prepared.clear();
        pass(10_000);
        assertThat(isForgottenAnywhere(transaction)).isFalse();

        processes.get(1).resourceAnswers = true;
        pass(10_000);
        assertIdle();
    }

    @Test
    void services_that_were_all_started_again_have_the_acceptors_forget() {
        List<GlobalTxId> committed = IntStream.range(0, 50)
                .mapToObj(number -> voted(number, 0, 1, 2))
                .toList();
        participants.clear();
        for (int service = 0; service < NODE; service++) {
            processes.get(service).restart();
            join(service);
        }

        pass(60_000);

        assertIdle();
        assertThat(recorded).containsExactlyInAnyOrderElementsOf(committed);
    }

    @Test
    void what_a_release_kept_that_did_not_say_where_it_voted_stays() {
        GlobalTxId transaction = voted(1, 0, 1, 2);
        processes.get(1).disk.add(new AcceptorLog.Entry.Released(transaction));
        processes.get(1).disk.add(new AcceptorLog.Entry.Kept(transaction, addresses()));
        processes.get(1).restart();

        pass(60_000);

        assertThat(isForgottenAnywhere(transaction)).isFalse();
    }

    @Test
    void nobody_forgets_a_commit_that_is_not_recorded() {
        GlobalTxId transaction = voted(1, 0, 1, 2);
        storeIsAway = true;
        pass(60_000);
        assertThat(isForgottenAnywhere(transaction)).isFalse();

        storeIsAway = false;
        pass(10_000);
        assertIdle();
        assertThat(recorded).containsExactly(transaction);
    }

    @Test
    void ends_are_asked_for_once_it_is_decided_as_a_vote_may_come_until_then() {
        GlobalTxId transaction = voted(1, 0);
        List<Optional<Decision>> decided = new ArrayList<>();
        whenAskedForEnds = about -> decided.add(
                processes.get(NODE).registers().containsKey(about)
                        ? processes.get(NODE).registers().get(about).accepted().map(accepted -> accepted.value())
                        : Optional.empty());

        pass(60_000);

        // COMMIT or ABORT, as the first majority to answer has it; a register without a value would be none.
        assertThat(decided).isNotEmpty().allMatch(Optional::isPresent);
        assertThat(transaction).isNotNull();
    }

    @Test
    void who_did_not_hear_that_it_may_forget_is_told_again_by_who_keeps_the_list_until_then() {
        GlobalTxId transaction = voted(1, 0, 1, 2);
        participants.remove(1);
        processes.get(NODE).hearsForget = false;

        pass(60_000);
        assertThat(processes.get(1).registers()).isEmpty();
        assertThat(processes.get(NODE).registers()).containsKey(transaction);
        assertThat(processes.get(0).host.keptOf(transaction)).isPresent();

        processes.get(NODE).hearsForget = true;
        pass(10_000);
        assertIdle();
    }

    @Test
    void an_acceptor_without_much_room_says_so_before_it_refuses() {
        for (int number = 0; number < REGISTERS_MAX * 8 / 10 - 1; number++) {
            voted(number, NODE);
        }
        assertThat(processes.get(NODE).host.fullness()).isEmpty();

        voted(REGISTERS_MAX, NODE);

        assertThat(processes.get(NODE).host.fullness())
                .hasValueSatisfying(why -> assertThat(why).contains("800", "1000", "start the services"));
    }
}
