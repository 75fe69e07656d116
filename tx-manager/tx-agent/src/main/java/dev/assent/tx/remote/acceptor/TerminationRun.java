package dev.assent.tx.remote.acceptor;

import dev.assent.time.Backoff;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.protocol.Message;
import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.protocol.paxos.ProposerCommand;
import dev.assent.tx.protocol.paxos.ProposerId;
import dev.assent.tx.protocol.paxos.ProposerInput;
import dev.assent.tx.protocol.threephase.Termination;
import dev.assent.tx.protocol.threephase.TerminationCommand;
import dev.assent.tx.protocol.threephase.TerminationInput;
import dev.assent.tx.spi.AcceptorAddresses;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Terminates one transaction from this process: asks its acceptors until a decision is known. A proposer of its own, so
 * that no two runs share ballots. Whoever brings an input while nobody steps the machine steps it; nothing blocks.
 */
public final class TerminationRun {
    private static final Logger LOG = LoggerFactory.getLogger(TerminationRun.class);

    /** The pauses between rounds of questions, before some randomness is added. */
    public static final Backoff PAUSES = new Backoff(50, 2_000);

    private final GlobalTxId transaction;
    private final AcceptorAddresses acceptors;
    private final AcceptorRoutes routes;
    private final ScheduledExecutorService timer;
    private final Termination machine;
    private final Effects effects = new Effects();
    private final Queue<Message<? super TerminationInput.Handler>> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final CompletableFuture<Optional<Decision>> end = new CompletableFuture<>();
    private final Set<AcceptorId> heard = ConcurrentHashMap.newKeySet();

    /** A run that does nothing until it is told something. */
    public TerminationRun(
            GlobalTxId transaction,
            AcceptorAddresses acceptors,
            AcceptorRoutes routes,
            ScheduledExecutorService timer) {
        this.transaction = transaction;
        this.acceptors = acceptors;
        this.routes = routes;
        this.timer = timer;
        this.machine = new Termination(acceptors.acceptors(), new ProposerId(UUID.randomUUID()), PAUSES);
    }

    /** The coordinator is suspected: asks the acceptors, until a majority has answered. */
    public void suspect() {
        post(new TerminationInput.Suspected());
    }

    /** Somebody else has learned it. */
    public void told(Decision chosen) {
        post(new TerminationInput.DecisionTold(chosen));
    }

    /** What was chosen; empty if the acceptors have forgotten. May never complete: a minority decides nothing. */
    public CompletionStage<Optional<Decision>> end() {
        return end.minimalCompletionStage();
    }

    /** Those that gave no answer when they were asked last: for people. */
    public List<AcceptorAddresses.Entry> silent() {
        return acceptors.entries().stream()
                .filter(entry -> !heard.contains(entry.acceptor()))
                .toList();
    }

    private void post(Message<? super TerminationInput.Handler> input) {
        inbox.add(input);
        if (waiting.getAndIncrement() > 0) {
            return;
        }
        do {
            step(inbox.remove());
        } while (waiting.decrementAndGet() > 0);
    }

    private void step(Message<? super TerminationInput.Handler> input) {
        try {
            machine.step(input).forEach(command -> command.accept(effects));
        } catch (RuntimeException bug) {
            LOG.error("terminating {} broke; its branches stay as they are", transaction, bug);
            end.completeExceptionally(bug);
        }
    }

    /** One method a command. */
    private final class Effects implements TerminationCommand.Handler {
        @Override
        public void askAcceptor(ProposerCommand.AskAcceptor command) {
            AcceptorId to = command.to();
            AcceptorAddresses.Entry entry =
                    new AcceptorAddresses.Entry(to, acceptors.addressOf(to).orElseThrow());
            CompletionStage<?> unused = routes.ask(entry, transaction, command.request())
                    .whenComplete((reply, failed) -> {
                        if (reply != null) {
                            heard.add(to);
                            post(new ProposerInput.AcceptorAnswered(to, reply));
                        } else {
                            heard.remove(to);
                            LOG.debug(
                                    "acceptor {} of {} does not answer: {}",
                                    entry,
                                    transaction,
                                    String.valueOf(failed));
                        }
                    });
        }

        /** Up to twice as long: those who began at the same moment must not go on together. */
        @Override
        public void proposeLater(ProposerCommand.ProposeLater command) {
            long pause = command.pauseMillis() + ThreadLocalRandom.current().nextLong(command.pauseMillis() + 1);
            ScheduledFuture<?> unused =
                    timer.schedule(() -> post(new ProposerInput.ProposalDue()), pause, TimeUnit.MILLISECONDS);
        }

        @Override
        public void obey(TerminationCommand.Obey command) {
            end.complete(Optional.of(command.chosen()));
        }

        @Override
        public void findRecord(TerminationCommand.FindRecord command) {
            end.complete(Optional.empty());
        }
    }
}
