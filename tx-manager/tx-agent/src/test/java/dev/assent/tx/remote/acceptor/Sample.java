package dev.assent.tx.remote.acceptor;

import dev.assent.tx.model.Authority;
import dev.assent.tx.model.ClusterId;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.EpochKey;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.model.ResourceName;
import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.protocol.paxos.Ballot;
import dev.assent.tx.protocol.paxos.PaxosRegister;
import dev.assent.tx.protocol.paxos.Proposal;
import dev.assent.tx.protocol.paxos.ProposerId;
import dev.assent.tx.spi.AcceptorAddresses;
import dev.assent.tx.spi.AcceptorLog.Entry;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Values to write and ask about. */
final class Sample {
    static final long DEADLINE = 1_000;
    static final ProposerId COORDINATOR = new ProposerId(new UUID(1, 1));
    static final ProposerId AGENT = new ProposerId(new UUID(1, 2));
    static final Ballot ZERO = Ballot.first(COORDINATOR);
    static final Ballot ONE = ZERO.next(AGENT);
    static final ResourceName.Hash RESOURCE = new ResourceName("orders").hash();
    static final AcceptorRequest PRE_COMMIT = new AcceptorRequest.Accept(ZERO, Decision.COMMIT);

    /** As in plain text. */
    static final AcceptorRights ALL_RIGHTS = new AcceptorRights() {
        @Override
        public Asker asker() {
            return new Asker(Optional.empty());
        }

        @Override
        public Optional<String> objectionTo(Asker asker) {
            return Optional.empty();
        }

        @Override
        public CompletionStage<Optional<String>> objectionTo(
                Asker asker, GlobalTxId transaction, AcceptorRequest request) {
            return CompletableFuture.completedStage(Optional.empty());
        }
    };

    private Sample() {}

    static GlobalTxId transaction(int number) {
        return transaction(number, DEADLINE);
    }

    static GlobalTxId transaction(int number, long deadline) {
        return new GlobalTxId(
                new ClusterId(7),
                new EpochKey(Authority.PAXOS_3PC, 3, 0),
                2,
                deadline,
                new GlobalTxId.Unique(number, number));
    }

    static PaxosRegister accepted(Ballot ballot, Decision value) {
        return new PaxosRegister(
                Optional.of(ballot), Optional.of(new Proposal(ballot, value)), PaxosRegister.Memory.KEPT);
    }

    static Entry register(int number, Ballot ballot, Decision value) {
        return new Entry.Register(transaction(number), accepted(ballot, value));
    }

    static AcceptorAddresses addresses() {
        return new AcceptorAddresses(List.of(
                new AcceptorAddresses.Entry(new AcceptorId(new UUID(2, 1)), "127.0.0.1:1"),
                new AcceptorAddresses.Entry(new AcceptorId(new UUID(2, 2)), "127.0.0.1:2"),
                new AcceptorAddresses.Entry(new AcceptorId(new UUID(2, 3)), "127.0.0.1:3")));
    }
}
