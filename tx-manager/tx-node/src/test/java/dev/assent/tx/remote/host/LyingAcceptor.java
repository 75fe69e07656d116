package dev.assent.tx.remote.host;

import com.google.protobuf.ByteString;
import dev.assent.security.Role;
import dev.assent.tx.protocol.paxos.AcceptorId;
import dev.assent.tx.remote.GrpcSecurity;
import dev.assent.tx.remote.wire.AcceptorAnswer;
import dev.assent.tx.remote.wire.AcceptorAt;
import dev.assent.tx.remote.wire.AcceptorGrpc;
import dev.assent.tx.remote.wire.AcceptorQuestion;
import dev.assent.tx.remote.wire.AcceptorsAnswer;
import dev.assent.tx.remote.wire.AcceptorsQuestion;
import dev.assent.tx.remote.wire.BallotNumber;
import dev.assent.tx.remote.wire.BallotPromise;
import dev.assent.tx.remote.wire.BallotValue;
import dev.assent.tx.remote.wire.Value;
import dev.assent.tx.spi.AcceptorAddresses;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** An acceptor that names whom it likes, and has always accepted COMMIT. */
final class LyingAcceptor extends AcceptorGrpc.AcceptorImplBase implements AutoCloseable {
    private static final ByteString SOMEBODY = ByteString.copyFrom(new byte[16]);

    private final UUID id;
    private final Server server;
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger looked = new AtomicInteger();
    private volatile List<AcceptorAt> named = List.of();

    private LyingAcceptor(UUID id, GrpcSecurity security) throws IOException {
        this.id = id;
        server = security.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Role.NODE, Role.AGENT)
                .directExecutor()
                .addService(this)
                .build()
                .start();
    }

    static LyingAcceptor start(int number, GrpcSecurity security) throws IOException {
        return new LyingAcceptor(new UUID(9, number), security);
    }

    AcceptorAt at() {
        return AcceptorAt.newBuilder()
                .setAcceptor(ByteString.copyFrom(ByteBuffer.allocate(2 * Long.BYTES)
                        .putLong(id.getMostSignificantBits())
                        .putLong(id.getLeastSignificantBits())
                        .array()))
                .setAddress(address())
                .build();
    }

    AcceptorAddresses.Entry entry() {
        return new AcceptorAddresses.Entry(new AcceptorId(id), address());
    }

    private String address() {
        return "127.0.0.1:" + server.getPort();
    }

    void names(AcceptorAt... acceptors) {
        named = List.of(acceptors);
    }

    /** Requests to its register. */
    int asked() {
        return asked.get();
    }

    /** Questions for the list. */
    int looked() {
        return looked.get();
    }

    @Override
    public void find(AcceptorsQuestion question, StreamObserver<AcceptorsAnswer> reply) {
        looked.incrementAndGet();
        reply.onNext(AcceptorsAnswer.newBuilder().addAllAcceptors(named).build());
        reply.onCompleted();
    }

    @Override
    public void ask(AcceptorQuestion question, StreamObserver<AcceptorAnswer> reply) {
        asked.incrementAndGet();
        AcceptorAnswer.Builder answer = AcceptorAnswer.newBuilder();
        if (question.hasPrepare()) {
            answer.setPromise(BallotPromise.newBuilder()
                    .setBallot(question.getPrepare())
                    .setAccepted(BallotValue.newBuilder()
                            .setBallot(BallotNumber.newBuilder().setProposer(SOMEBODY))
                            .setValue(Value.COMMIT)));
        } else {
            answer.setAccepted(question.getAccept());
        }
        reply.onNext(answer.build());
        reply.onCompleted();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
