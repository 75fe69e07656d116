package dev.assent.coordination.replica;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.zab.Delivery;
import dev.assent.coordination.zab.Input;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;

/**
 * One frozen state on its way to a member: written out on a background thread, which waits while enough pieces are
 * ready, and taken piece by piece on the loop's thread.
 */
final class SnapshotFeed {
    static final int PIECE_BYTES = 256 << 10;
    private static final int READY_MAX = 4;

    private final Delivery.SnapshotRequested request;
    private final Runnable whenReady;

    /** Guarded by itself, with {@link #dropped}. */
    private final Queue<Piece> ready = new ArrayDeque<>();

    private boolean dropped;

    /** Of the loop only. */
    private long nextIndex;

    private long wantedThrough = -1;

    private record Piece(Payload bytes, boolean last) {}

    /** Told to a state that is still writing itself. */
    static final class Dropped extends IOException {
        private static final long serialVersionUID = 1L;

        Dropped() {
            super("nobody wants the rest of this snapshot");
        }
    }

    /** @param whenReady called on the background thread whenever there is another piece */
    SnapshotFeed(Delivery.SnapshotRequested request, Runnable whenReady) {
        this.request = request;
        this.whenReady = whenReady;
    }

    boolean isFor(long generation) {
        return request.generation() == generation;
    }

    void want(long through) {
        wantedThrough = Math.max(wantedThrough, through);
    }

    /** The next piece, if it is wanted and ready. */
    Optional<Input.SnapshotRead> take() {
        if (nextIndex > wantedThrough) {
            return Optional.empty();
        }
        synchronized (ready) {
            Piece piece = ready.poll();
            ready.notifyAll();
            return piece == null
                    ? Optional.empty()
                    : Optional.of(new Input.SnapshotRead(
                            request.to(), request.generation(), nextIndex++, piece.bytes(), piece.last()));
        }
    }

    void drop() {
        synchronized (ready) {
            dropped = true;
            ready.clear();
            ready.notifyAll();
        }
    }

    /** Where the state writes itself, on the background thread; closing it makes the last piece. */
    OutputStream out() {
        return new Out();
    }

    private void put(Piece piece) throws Dropped {
        synchronized (ready) {
            while (ready.size() >= READY_MAX && !dropped) {
                Threads.await(ready);
            }
            if (dropped) {
                throw new Dropped();
            }
            ready.add(piece);
        }
        whenReady.run();
    }

    private final class Out extends OutputStream {
        private final byte[] buffer = new byte[PIECE_BYTES];
        private int filled;

        @Override
        public void write(int single) throws IOException {
            write(new byte[] {(byte) single}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            for (int done = 0; done < length; ) {
                if (filled == buffer.length) {
                    emit(false);
                }
                int count = Math.min(length - done, buffer.length - filled);
                System.arraycopy(bytes, offset + done, buffer, filled, count);
                filled += count;
                done += count;
            }
        }

        private void emit(boolean last) throws Dropped {
            put(new Piece(Payload.wrap(Arrays.copyOf(buffer, filled)), last));
            filled = 0;
        }

        @Override
        public void close() throws IOException {
            emit(true);
        }
    }
}
