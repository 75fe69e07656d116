package dev.assent.tx.remote.acceptor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.protocol.paxos.AcceptorReply;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.spi.AcceptorAddresses;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Terminations whose acceptors are silent, until somebody else tells what they chose. */
class TerminationsTest {
    private static final GlobalTxId TRANSACTION = Sample.transaction(1);
    private static final AcceptorRoutes SILENT = new AcceptorRoutes() {
        @Override
        public CompletionStage<AcceptorReply> ask(
                AcceptorAddresses.Entry to, GlobalTxId transaction, AcceptorRequest request) {
            return new CompletableFuture<>();
        }

        @Override
        public CompletionStage<Void> learn(AcceptorAddresses.Entry to, GlobalTxId transaction, Decision chosen) {
            return new CompletableFuture<>();
        }

        @Override
        public CompletionStage<Boolean> ended(AcceptorAddresses.Entry whom, GlobalTxId transaction) {
            return new CompletableFuture<>();
        }
    };

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Terminations terminations = new Terminations(SILENT, timer);

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private CompletableFuture<Optional<Decision>> suspected() {
        return terminations.suspect(TRANSACTION, Sample.addresses());
    }

    @Test
    void whoever_waits_hears_what_was_chosen() {
        CompletableFuture<Optional<Decision>> one = suspected();
        CompletableFuture<Optional<Decision>> other = suspected();
        assertThat(one).isNotDone();

        terminations.told(TRANSACTION, Decision.COMMIT);

        assertThat(one).isCompletedWithValue(Optional.of(Decision.COMMIT));
        assertThat(other).isCompletedWithValue(Optional.of(Decision.COMMIT));
        assertThat(terminations.delay(TRANSACTION)).isEmpty();
    }

    @Test
    void who_gives_up_leaves_nothing_behind_while_nothing_is_decided() {
        for (int turn = 0; turn < 100; turn++) {
            suspected().cancel(false);
        }

        assertThat(terminations.waiting(TRANSACTION)).isZero();
        assertThat(terminations.delay(TRANSACTION)).isPresent();
    }
}
