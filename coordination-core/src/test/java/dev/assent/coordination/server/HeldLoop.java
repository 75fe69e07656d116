package dev.assent.coordination.server;

import dev.assent.coordination.model.Payload;
import dev.assent.coordination.model.ServerId;
import dev.assent.coordination.replica.ReplicaLoop;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Runs tasks where they are submitted, and commits nothing by itself. */
final class HeldLoop implements ReplicaLoop {
    final BlockingQueue<Payload> proposed = new LinkedBlockingQueue<>();

    @Override
    public synchronized void execute(Runnable task) {
        task.run();
    }

    @Override
    public void propose(Payload txn) {
        proposed.add(txn);
    }

    @Override
    public boolean hasRoom() {
        return true;
    }

    @Override
    public void send(ServerId to, Payload message) {
        throw new IllegalStateException("there is nobody else");
    }
}
