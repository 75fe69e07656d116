package dev.assent.tx.protocol.paxos;

import dev.assent.invariants.Invariants;
import dev.assent.time.Backoff;
import dev.assent.tx.model.Decision;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Has one decision chosen for one transaction, and learns which. Belongs to one machine; one for each transaction and
 * life of a process, as its ballots must not be used again.
 *
 * <p>It proposes the value of the <em>highest ballot</em> that a majority's promises tell of; ABORT if they tell of none.
 * "COMMIT if anybody has accepted COMMIT" would have two decisions chosen: a COMMIT of ballot 0 may be outvoted already.
 * Nothing is concluded from silence: it asks again, for ever, and above whoever outbid it.
 */
public final class Proposer {
    private enum Phase {
        IDLE,
        /** Phase 1: collects promises. */
        PREPARING,
        /** Phase 2: collects acceptances. */
        PROPOSING,
        CHOSEN,
        /** A majority has forgotten: it was over long ago, and the register tells nobody how. */
        FORGOTTEN
    }

    private final AcceptorSet acceptors;
    private final ProposerId self;
    private final Backoff retries;
    private final Consumer<? super ProposerCommand> commands;
    private final Learner learner;
    private final Map<AcceptorId, Optional<Proposal>> promises = new LinkedHashMap<>();
    private final Set<AcceptorId> forgotten = new LinkedHashSet<>();
    private Phase phase = Phase.IDLE;
    private Ballot ballot;
    private Ballot highestSeen;
    private Decision value = Decision.ABORT;
    private int attempts;
    private Optional<Decision> chosen = Optional.empty();

    public Proposer(
            AcceptorSet acceptors, ProposerId self, Backoff retries, Consumer<? super ProposerCommand> commands) {
        this.acceptors = acceptors;
        this.self = self;
        this.retries = retries;
        this.commands = commands;
        this.learner = new Learner(acceptors);
        this.ballot = Ballot.first(self);
        this.highestSeen = ballot;
    }

    /** Phase 2 of ballot 0, without phase 1: for the transaction's coordinator, once, before anything else. */
    public void proposeFirst(Decision decision) {
        Invariants.check(phase == Phase.IDLE, "ballot 0 is used once, and by nobody who has proposed before");
        propose(decision);
        askLater();
    }

    /** Phase 1, above everything seen. Begun once; goes on by itself. */
    public void begin() {
        Invariants.check(phase == Phase.IDLE, "a proposer begins once");
        prepare();
        askLater();
    }

    public boolean hasBegun() {
        return phase != Phase.IDLE;
    }

    /** What is known to be chosen. */
    public Optional<Decision> chosen() {
        return chosen;
    }

    /** Whether anybody was seen to propose after ballot 0. */
    public boolean isRivalled() {
        return highestSeen.isAbove(Ballot.first(self));
    }

    /** Whether the register cannot tell any more; it was over everywhere. */
    public boolean isForgotten() {
        return phase == Phase.FORGOTTEN;
    }

    /** Somebody else has learned it. */
    public void learned(Decision decision) {
        Invariants.check(chosen.isEmpty() || chosen.get() == decision, "one decision is chosen");
        chosen = Optional.of(decision);
        phase = Phase.CHOSEN;
    }

    public void answered(ProposerInput.AcceptorAnswered input) {
        if (!isOver() && acceptors.contains(input.from())) {
            input.reply().accept(new Replies(input.from()));
        }
    }

    /** Asks again who has not answered, or under a higher ballot if it was outbid. */
    public void proposalDue() {
        if (isOver() || phase == Phase.IDLE) {
            return;
        }
        if (highestSeen.isAbove(ballot)) {
            prepare();
        } else {
            acceptors.members().stream().filter(this::isSilent).forEach(this::ask);
        }
        askLater();
    }

    private boolean isOver() {
        return phase == Phase.CHOSEN || phase == Phase.FORGOTTEN;
    }

    private boolean isSilent(AcceptorId acceptor) {
        boolean hasAnswered =
                phase == Phase.PREPARING ? promises.containsKey(acceptor) : learner.hasHeard(ballot, acceptor);
        return !hasAnswered && !forgotten.contains(acceptor);
    }

    private void prepare() {
        phase = Phase.PREPARING;
        ballot = highestSeen.next(self);
        highestSeen = ballot;
        promises.clear();
        acceptors.members().forEach(this::ask);
    }

    private void propose(Decision decision) {
        phase = Phase.PROPOSING;
        value = decision;
        acceptors.members().forEach(this::ask);
    }

    private void ask(AcceptorId acceptor) {
        AcceptorRequest request = phase == Phase.PREPARING
                ? new AcceptorRequest.Prepare(ballot)
                : new AcceptorRequest.Accept(ballot, value);
        commands.accept(new ProposerCommand.AskAcceptor(acceptor, request));
    }

    private void askLater() {
        attempts++;
        commands.accept(new ProposerCommand.ProposeLater(retries.pauseMillis(attempts)));
    }

    /** One method a reply. */
    private final class Replies implements AcceptorReply.Handler {
        private final AcceptorId from;

        Replies(AcceptorId from) {
            this.from = from;
        }

        @Override
        public void promise(AcceptorReply.Promise reply) {
            if (phase != Phase.PREPARING || !reply.ballot().equals(ballot)) {
                return; // of an earlier ballot, or one more than was needed
            }
            promises.put(from, reply.accepted());
            if (acceptors.isMajority(promises.size())) {
                propose(promises.values().stream()
                        .flatMap(Optional::stream)
                        .max(Comparator.comparing(Proposal::ballot))
                        .map(Proposal::value)
                        .orElse(Decision.ABORT));
            }
        }

        /** Of an earlier ballot of ours it counts as well: what is chosen is chosen. */
        @Override
        public void accepted(AcceptorReply.Accepted reply) {
            learner.heard(from, reply).ifPresent(Proposer.this::learned);
        }

        @Override
        public void refused(AcceptorReply.Refused reply) {
            if (reply.promised().isAbove(highestSeen)) {
                highestSeen = reply.promised();
            }
        }

        @Override
        public void forgotten(AcceptorReply.Forgotten reply) {
            forgotten.add(from);
            if (!acceptors.isMajority(acceptors.size() - forgotten.size())) {
                phase = Phase.FORGOTTEN;
            }
        }
    }
}
