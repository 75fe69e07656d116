package dev.assent.coordination.replica;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import java.util.concurrent.Executor;

/**
 * What an application may ask of the loop that drives it.
 *
 * <p>{@link #execute} may be called from any thread; the other methods only on the loop's own thread, that is, from
 * the {@link StateMachine}'s methods and from executed tasks.
 */
public interface ReplicaLoop extends Executor {

    /** Orders a transaction; legal only while this member leads and serves. It comes back as committed, or never. */
    void propose(Payload txn);

    /**
     * Whether more should be proposed: neither is too much uncommitted, nor does too much wait for the disk. While it is
     * false no task is run.
     */
    boolean hasRoom();

    /** Sends to another member's application; dropped when neither leads the other. In order with commits. */
    void send(ServerId to, Payload message);

    /**
     * Clients of that member wait for the transaction that is just being delivered here, where this member leads: it is
     * told at once. Members that nobody says this of may learn of it a little later; a loop without others has nothing
     * to hurry.
     */
    default void hurry(ServerId member) {}
}
