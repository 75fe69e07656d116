package dev.assent.tx.sim.threephase;

import dev.assent.tx.model.Decision;
import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.protocol.paxos.AcceptorReply;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.protocol.paxos.AcceptorSet;
import dev.assent.tx.protocol.paxos.Ballot;
import dev.assent.tx.protocol.paxos.Proposal;
import dev.assent.tx.protocol.paxos.ProposerId;
import dev.assent.tx.protocol.paxos.ProposerInput;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What one proposer understands of what it hears: with most bugs of proposers, something else than was said. */
final class Hearing {
    private static final long FAR = 1_000_000;
    private static final ProposerId NOBODY = new ProposerId(new UUID(0, 0));

    private final PaxosFlaw flaw;
    private final AcceptorSet acceptors;
    private final Set<ProposerInput.AcceptorAnswered> heard = new LinkedHashSet<>();
    private @Nullable Ballot asked;

    Hearing(PaxosFlaw flaw, AcceptorSet acceptors) {
        this.flaw = flaw;
        this.acceptors = acceptors;
    }

    /** The proposer asks that. */
    void asks(AcceptorRequest request) {
        if (request instanceof AcceptorRequest.Prepare prepare) {
            asked = prepare.ballot();
        } else if (request instanceof AcceptorRequest.Accept accept) {
            asked = accept.ballot();
        }
    }

    /** What it takes the answer for; nothing if it does not listen. */
    Optional<ProposerInput.AcceptorAnswered> understand(AcceptorId from, AcceptorReply reply) {
        if (flaw == PaxosFlaw.NEVER_BIDS_HIGHER && reply instanceof AcceptorReply.Refused) {
            return Optional.empty();
        }
        AcceptorReply taken = reply;
        if (reply instanceof AcceptorReply.Promise promise) {
            taken = promise(promise);
        } else if (reply instanceof AcceptorReply.Accepted accepted
                && flaw == PaxosFlaw.COUNTS_ANSWERS_OF_EARLIER_BALLOTS
                && asked != null) {
            taken = new AcceptorReply.Accepted(asked, accepted.value());
        }
        ProposerInput.AcceptorAnswered answered = new ProposerInput.AcceptorAnswered(from, taken);
        return Optional.of(
                heard.add(answered) || flaw != PaxosFlaw.COUNTS_A_REPEATED_ANSWER_TWICE
                        ? answered
                        : new ProposerInput.AcceptorAnswered(another(from), taken));
    }

    private AcceptorId another(AcceptorId than) {
        return acceptors.members().get((acceptors.members().indexOf(than) + 1) % acceptors.size());
    }

    private AcceptorReply promise(AcceptorReply.Promise promise) {
        Optional<Proposal> told = promise.accepted();
        return switch (flaw) {
            case COMMITS_IF_ANYBODY_ACCEPTED ->
                with(promise, told.map(each -> each.value() == Decision.COMMIT ? raised(each) : each));
            case TAKES_THE_LOWEST_BALLOT -> with(promise, told.map(Hearing::turned));
            case PROMISES_WITHOUT_WHAT_WAS_ACCEPTED -> with(promise, Optional.empty());
            case PROPOSES_COMMIT_AFRESH ->
                with(promise, told.or(() -> Optional.of(new Proposal(Ballot.first(NOBODY), Decision.COMMIT))));
            case COUNTS_ANSWERS_OF_EARLIER_BALLOTS ->
                new AcceptorReply.Promise(asked == null ? promise.ballot() : asked, told);
            default -> promise;
        };
    }

    private static AcceptorReply with(AcceptorReply.Promise promise, Optional<Proposal> accepted) {
        return new AcceptorReply.Promise(promise.ballot(), accepted);
    }

    private static Proposal raised(Proposal proposal) {
        return new Proposal(new Ballot(FAR, proposal.ballot().proposer()), proposal.value());
    }

    private static Proposal turned(Proposal proposal) {
        long round = FAR - Math.min(FAR, proposal.ballot().round());
        return new Proposal(new Ballot(round, proposal.ballot().proposer()), proposal.value());
    }
}
