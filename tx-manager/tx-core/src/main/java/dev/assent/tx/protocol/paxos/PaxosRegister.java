package dev.assent.tx.protocol.paxos;

import java.util.Optional;

/**
 * What one acceptor knows of one transaction. Immutable; {@link #step} tells what the next one is.
 *
 * <p>One request at a time: a step is taken from the register that is durable, so a request that comes while another
 * one's register is being saved waits. Else a repeated request would be answered by what a crash can still undo.
 *
 * <p>A register that is forgotten stays so. If it answered blank instead, a proposer that asks late would find nothing,
 * and have ABORT chosen after a COMMIT.
 *
 * @param promised no request of a lower ballot is granted
 * @param accepted what was accepted under the highest ballot so far
 */
public record PaxosRegister(Optional<Ballot> promised, Optional<Proposal> accepted, Memory memory) {

    /** Whether it still knows. */
    public enum Memory {
        KEPT,
        FORGOTTEN
    }

    private static final PaxosRegister BLANK = new PaxosRegister(Optional.empty(), Optional.empty(), Memory.KEPT);
    private static final PaxosRegister FORGOTTEN =
            new PaxosRegister(Optional.empty(), Optional.empty(), Memory.FORGOTTEN);

    /** Of a transaction that the acceptor has never heard of. */
    public static PaxosRegister blank() {
        return BLANK;
    }

    /** Of a transaction that is over everywhere. */
    public static PaxosRegister forgotten() {
        return FORGOTTEN;
    }

    public boolean isForgotten() {
        return memory == Memory.FORGOTTEN;
    }

    /** What to do with a request. */
    public AcceptorStep step(AcceptorRequest request) {
        return request.accept(new Steps());
    }

    private boolean mayTakePartIn(Ballot ballot) {
        return promised.isEmpty() || !promised.get().isAbove(ballot);
    }

    private AcceptorStep refuse(Ballot asked) {
        return new AcceptorStep.Answer(
                isForgotten()
                        ? new AcceptorReply.Forgotten()
                        : new AcceptorReply.Refused(asked, promised.orElseThrow()));
    }

    /** One method a request. */
    private final class Steps implements AcceptorRequest.Handler<AcceptorStep> {

        @Override
        public AcceptorStep prepare(AcceptorRequest.Prepare request) {
            Ballot ballot = request.ballot();
            if (isForgotten() || !mayTakePartIn(ballot)) {
                return refuse(ballot);
            }
            AcceptorReply promise = new AcceptorReply.Promise(ballot, accepted);
            return promised.equals(Optional.of(ballot))
                    ? new AcceptorStep.Answer(promise)
                    : new AcceptorStep.Save(new PaxosRegister(Optional.of(ballot), accepted, Memory.KEPT), promise);
        }

        @Override
        public AcceptorStep accept(AcceptorRequest.Accept request) {
            Ballot ballot = request.ballot();
            Proposal proposal = new Proposal(ballot, request.value());
            if (isForgotten() || !mayTakePartIn(ballot) || isAnotherValueOf(proposal)) {
                return refuse(ballot);
            }
            AcceptorReply done = new AcceptorReply.Accepted(ballot, request.value());
            return accepted.equals(Optional.of(proposal))
                    ? new AcceptorStep.Answer(done)
                    : new AcceptorStep.Save(
                            new PaxosRegister(Optional.of(ballot), Optional.of(proposal), Memory.KEPT), done);
        }

        /** No proposer of ours does that; whoever does gets no second value accepted here. */
        private boolean isAnotherValueOf(Proposal proposal) {
            return accepted.isPresent()
                    && accepted.get().ballot().equals(proposal.ballot())
                    && accepted.get().value() != proposal.value();
        }

        @Override
        public AcceptorStep forget(AcceptorRequest.Forget request) {
            AcceptorReply done = new AcceptorReply.Forgotten();
            return isForgotten() ? new AcceptorStep.Answer(done) : new AcceptorStep.Save(FORGOTTEN, done);
        }
    }
}
