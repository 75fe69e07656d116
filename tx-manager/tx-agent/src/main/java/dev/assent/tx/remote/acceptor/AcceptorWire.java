package dev.assent.tx.remote.acceptor;

import com.google.protobuf.ByteString;
import dev.assent.tx.model.Decision;
import dev.assent.tx.model.GlobalTxId;
import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.protocol.paxos.AcceptorReply;
import dev.assent.tx.protocol.paxos.AcceptorRequest;
import dev.assent.tx.protocol.paxos.Ballot;
import dev.assent.tx.protocol.paxos.Proposal;
import dev.assent.tx.protocol.paxos.ProposerId;
import dev.assent.tx.remote.Wire;
import dev.assent.tx.remote.wire.AcceptorAnswer;
import dev.assent.tx.remote.wire.AcceptorAt;
import dev.assent.tx.remote.wire.AcceptorQuestion;
import dev.assent.tx.remote.wire.BallotNumber;
import dev.assent.tx.remote.wire.BallotPromise;
import dev.assent.tx.remote.wire.BallotRefused;
import dev.assent.tx.remote.wire.BallotValue;
import dev.assent.tx.remote.wire.ChosenDecision;
import dev.assent.tx.remote.wire.ForgetRegister;
import dev.assent.tx.remote.wire.RegisterForgotten;
import dev.assent.tx.remote.wire.Value;
import dev.assent.tx.spi.AcceptorAddresses;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What acceptors are asked and answer, as messages, and back. A message that is no value of ours is an
 * {@link IllegalArgumentException} that names the field.
 */
public final class AcceptorWire {
    private static final int UUID_BYTES = 16;

    /** Of a {@code host:port}; a name of a host has 253 characters at most. */
    static final int ADDRESS_CHARACTERS_MAX = 300;

    private AcceptorWire() {}

    static ByteString bytes(UUID value) {
        return ByteString.copyFrom(ByteBuffer.allocate(UUID_BYTES)
                .putLong(value.getMostSignificantBits())
                .putLong(value.getLeastSignificantBits())
                .array());
    }

    private static UUID uuid(ByteString bytes, String field) {
        if (bytes.size() != UUID_BYTES) {
            throw new IllegalArgumentException(
                    "field " + field + ": has " + UUID_BYTES + " bytes, not " + bytes.size());
        }
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    public static AcceptorAt at(AcceptorAddresses.Entry entry) {
        return AcceptorAt.newBuilder()
                .setAcceptor(bytes(entry.acceptor().value()))
                .setAddress(entry.address())
                .build();
    }

    public static AcceptorAddresses.Entry at(AcceptorAt entry) {
        if (entry.getAddress().isEmpty()) {
            throw new IllegalArgumentException("field address: an acceptor is reached at host:port");
        }
        if (entry.getAddress().length() > ADDRESS_CHARACTERS_MAX) {
            throw new IllegalArgumentException(
                    "field address: longer than " + ADDRESS_CHARACTERS_MAX + " characters, as no host:port is");
        }
        return new AcceptorAddresses.Entry(acceptor(entry.getAcceptor()), entry.getAddress());
    }

    public static AcceptorAddresses all(List<AcceptorAt> entries) {
        return new AcceptorAddresses(entries.stream().map(AcceptorWire::at).toList());
    }

    public static ChosenDecision chosen(GlobalTxId transaction, Decision decision) {
        return ChosenDecision.newBuilder()
                .setGtrid(Wire.gtrid(transaction))
                .setValue(value(decision))
                .build();
    }

    static AcceptorId acceptor(ByteString bytes) {
        return new AcceptorId(uuid(bytes, "acceptor"));
    }

    private static BallotNumber ballot(Ballot ballot) {
        return BallotNumber.newBuilder()
                .setRound(ballot.round())
                .setProposer(bytes(ballot.proposer().value()))
                .build();
    }

    private static Ballot ballot(BallotNumber ballot) {
        return new Ballot(ballot.getRound(), new ProposerId(uuid(ballot.getProposer(), "proposer")));
    }

    static Value value(Decision decision) {
        return switch (decision) {
            case COMMIT -> Value.COMMIT;
            case ABORT -> Value.ABORT;
        };
    }

    public static Decision value(Value value) {
        return switch (value) {
            case COMMIT -> Decision.COMMIT;
            case ABORT -> Decision.ABORT;
            case VALUE_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("field value: neither COMMIT nor ABORT");
        };
    }

    private static BallotValue proposal(Proposal proposal) {
        return BallotValue.newBuilder()
                .setBallot(ballot(proposal.ballot()))
                .setValue(value(proposal.value()))
                .build();
    }

    private static Proposal proposal(BallotValue proposal) {
        return new Proposal(ballot(proposal.getBallot()), value(proposal.getValue()));
    }

    static AcceptorQuestion.Builder question(AcceptorRequest request) {
        return request.accept(new Questions());
    }

    /** One method a request. */
    private static final class Questions implements AcceptorRequest.Handler<AcceptorQuestion.Builder> {
        @Override
        public AcceptorQuestion.Builder prepare(AcceptorRequest.Prepare request) {
            return AcceptorQuestion.newBuilder().setPrepare(ballot(request.ballot()));
        }

        @Override
        public AcceptorQuestion.Builder accept(AcceptorRequest.Accept request) {
            return AcceptorQuestion.newBuilder().setAccept(proposal(new Proposal(request.ballot(), request.value())));
        }

        @Override
        public AcceptorQuestion.Builder forget(AcceptorRequest.Forget request) {
            return AcceptorQuestion.newBuilder().setForget(ForgetRegister.getDefaultInstance());
        }
    }

    static AcceptorRequest request(AcceptorQuestion question) {
        return switch (question.getRequestCase()) {
            case PREPARE -> new AcceptorRequest.Prepare(ballot(question.getPrepare()));
            case ACCEPT -> {
                Proposal proposal = proposal(question.getAccept());
                yield new AcceptorRequest.Accept(proposal.ballot(), proposal.value());
            }
            case FORGET -> new AcceptorRequest.Forget();
            case REQUEST_NOT_SET -> throw new IllegalArgumentException("field request: nothing is asked");
        };
    }

    static AcceptorAnswer answer(AcceptorReply reply) {
        AcceptorAnswer.Builder answer = AcceptorAnswer.newBuilder();
        reply.accept(new Answers(answer));
        return answer.build();
    }

    /** One method a reply. */
    private record Answers(AcceptorAnswer.Builder answer) implements AcceptorReply.Handler {
        @Override
        public void promise(AcceptorReply.Promise reply) {
            BallotPromise.Builder promise = BallotPromise.newBuilder().setBallot(ballot(reply.ballot()));
            reply.accepted().ifPresent(accepted -> promise.setAccepted(proposal(accepted)));
            answer.setPromise(promise);
        }

        @Override
        public void accepted(AcceptorReply.Accepted reply) {
            answer.setAccepted(proposal(new Proposal(reply.ballot(), reply.value())));
        }

        @Override
        public void refused(AcceptorReply.Refused reply) {
            answer.setRefused(
                    BallotRefused.newBuilder().setAsked(ballot(reply.asked())).setPromised(ballot(reply.promised())));
        }

        @Override
        public void forgotten(AcceptorReply.Forgotten reply) {
            answer.setForgotten(RegisterForgotten.getDefaultInstance());
        }
    }

    static AcceptorReply reply(AcceptorAnswer answer) {
        return switch (answer.getReplyCase()) {
            case PROMISE ->
                new AcceptorReply.Promise(
                        ballot(answer.getPromise().getBallot()),
                        answer.getPromise().hasAccepted()
                                ? Optional.of(proposal(answer.getPromise().getAccepted()))
                                : Optional.empty());
            case ACCEPTED -> {
                Proposal proposal = proposal(answer.getAccepted());
                yield new AcceptorReply.Accepted(proposal.ballot(), proposal.value());
            }
            case REFUSED ->
                new AcceptorReply.Refused(
                        ballot(answer.getRefused().getAsked()),
                        ballot(answer.getRefused().getPromised()));
            case FORGOTTEN -> new AcceptorReply.Forgotten();
            case REPLY_NOT_SET -> throw new IllegalArgumentException("field reply: nothing is answered");
        };
    }
}
