package dev.assent.tx.remote.peer;

import dev.assent.tx.remote.wire.Beat;
import dev.assent.tx.remote.wire.PeerGrpc;
import dev.assent.tx.shards.PeerInput;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The link to one other node. Of the thread of {@link PeerLinks} alone. */
final class PeerLink {
    private final Beat ownBeat;
    private final String peer;
    private final String address;
    private final ManagedChannel channel;
    private final Consumer<PeerInput> told;
    private @Nullable Attendance current;
    private boolean closed;

    PeerLink(String self, String peer, String address, ManagedChannel channel, Consumer<PeerInput> told) {
        this.ownBeat = Beat.newBuilder().setMember(self).build();
        this.peer = peer;
        this.address = address;
        this.channel = channel;
        this.told = told;
    }

    String address() {
        return address;
    }

    /** Who comes back is to be found at once, not after the channel's own growing pause. */
    void dial() {
        channel.resetConnectBackoff();
        Attendance attendance = new Attendance();
        current = attendance;
        var unused = PeerGrpc.newStub(channel).attend(attendance);
        beat();
    }

    /** One beat, if it can leave; a link that was lost is dialled. */
    void beat() {
        Attendance attendance = current;
        if (closed) {
            return;
        }
        if (attendance == null) {
            dial();
        } else {
            attendance.beat();
        }
    }

    void close() {
        closed = true;
        current = null;
        channel.shutdownNow();
    }

    /** A broken link is made again at once; what could not be made is tried with the next beat. */
    private void over(Attendance attendance, boolean wasHeard) {
        if (attendance != current || closed) {
            return;
        }
        current = null;
        if (wasHeard) {
            told.accept(new PeerInput.LinkClosed(peer));
            dial();
        } else {
            told.accept(new PeerInput.Refused(peer));
        }
    }

    private final class Attendance implements ClientResponseObserver<Beat, Beat> {
        private @Nullable ClientCallStreamObserver<Beat> out;
        private boolean greeted;
        private boolean heard;

        @Override
        public void beforeStart(ClientCallStreamObserver<Beat> call) {
            out = call;
        }

        /** The first one waits for the connection; later ones are left out while the other takes none. */
        void beat() {
            ClientCallStreamObserver<Beat> call = out;
            if (call != null && (!greeted || call.isReady())) {
                greeted = true;
                call.onNext(ownBeat);
            }
        }

        @Override
        public void onNext(Beat beat) {
            if (this != current) {
                return;
            }
            if (beat.getMember().equals(peer)) {
                heard = true;
                told.accept(new PeerInput.Heard(peer));
            } else {
                told.accept(new PeerInput.Refused(peer));
            }
        }

        @Override
        public void onError(Throwable lost) {
            over(this, heard);
        }

        @Override
        public void onCompleted() {
            over(this, heard);
        }
    }
}
