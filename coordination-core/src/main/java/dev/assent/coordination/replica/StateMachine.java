package dev.assent.coordination.replica;

import dev.assent.coordination.model.Epoch;
import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.model.Zxid;
import dev.assent.coordination.zab.Role;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/**
 * The application that a {@link ReplicaLoop} drives. Every method is called on the loop's thread, in the order of the
 * replicated history; none may block, except {@link #restore} (start-up and re-synchronization only).
 */
public interface StateMachine {

    /** The next committed transaction, on every server alike. */
    void committed(Zxid zxid, Payload txn);

    /** See {@link dev.assent.coordination.zab.Delivery.RoleChanged}. */
    void roleChanged(Role role, Epoch epoch, Optional<ServerId> leader, boolean serving);

    /**
     * Time went on. Called at every tick of the loop, whatever waits for the disk or for a commit; between two calls
     * that are far apart the loop could not listen.
     */
    void ticked();

    /** A message that another member's application sent with {@link ReplicaLoop#send}. */
    void received(ServerId from, Payload message);

    /** The state after the last committed transaction, frozen; cheap to take, written out on another thread. */
    Snapshot snapshot();

    /** Replaces the whole state by a snapshot that {@link Snapshot#writeTo} wrote once. */
    void restore(Zxid zxid, InputStream snapshot) throws IOException;

    /** A frozen state. */
    interface Snapshot {
        /** The last transaction in it. */
        Zxid zxid();

        /** Writes it whole; called once, on a background thread. */
        void writeTo(OutputStream out) throws IOException;
    }
}
