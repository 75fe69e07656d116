package dev.assent.tx.remote.peer;

import dev.assent.tx.remote.wire.Beat;
import dev.assent.tx.remote.wire.PeerGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Answers each beat of another node with one of this node's. Thread-safe. */
final class PeerService extends PeerGrpc.PeerImplBase {
    private final Beat ownBeat;
    private final Set<Attended> attended = new LinkedHashSet<>();
    private boolean closed;

    PeerService(String self) {
        ownBeat = Beat.newBuilder().setMember(self).build();
    }

    @Override
    public StreamObserver<Beat> attend(StreamObserver<Beat> out) {
        Attended link = new Attended((ServerCallStreamObserver<Beat>) out);
        boolean late;
        synchronized (this) {
            late = closed;
            if (!late) {
                attended.add(link);
            }
        }
        if (late) {
            link.end();
        }
        return link;
    }

    /** Ends all links from this end; a listener that closes would wait for them. */
    void close() {
        List<Attended> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(attended);
            attended.clear();
        }
        all.forEach(Attended::end);
    }

    private synchronized void gone(Attended link) {
        attended.remove(link);
    }

    private final class Attended implements StreamObserver<Beat> {
        private final ServerCallStreamObserver<Beat> out;
        private boolean ended;

        Attended(ServerCallStreamObserver<Beat> out) {
            this.out = out;
            out.setOnCancelHandler(() -> gone(this)); // and a late beat is dropped instead of thrown
        }

        @Override
        public synchronized void onNext(Beat beat) {
            if (!ended && out.isReady()) {
                out.onNext(ownBeat);
            }
        }

        synchronized void end() {
            if (!ended) {
                ended = true;
                out.onCompleted();
            }
        }

        @Override
        public void onError(Throwable lost) {
            gone(this);
        }

        @Override
        public void onCompleted() {
            gone(this);
            end();
        }
    }
}
