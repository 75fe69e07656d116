package dev.assent.rm;

import dev.assent.flight.FlightRecorder;
import dev.assent.rm.xa.quirk.LoneXaResource;
import dev.assent.tx.service.EmbeddedTransactionService;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import javax.sql.XAConnection;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** Commits one row in each of two databases, and hangs when the second is told to; made to be killed there. */
final class HeldCommitMain {
    private HeldCommitMain() {}

    /** Arguments: the store, the two databases' addresses, where to record. */
    public static void main(String[] args) throws Exception {
        // Its session is to outlive the pauses of a JVM that starts on a slow machine.
        EmbeddedTransactionService service =
                EmbeddedTransactionService.start(CommitPointKillIT.config(args[0], Duration.ofSeconds(5)));
        FlightRecorder unused = FlightRecorder.start("victim", Path.of(args[3]), service.events());
        Assent assent = Assent.over(service);
        assent.transactions().begin();
        XAConnection first = enlist(assent, "first", args[1], false);
        XAConnection second = enlist(assent, "second", args[2], true);
        assent.transactions().commit();
        throw new IllegalStateException("it was to hang, over " + first + " and " + second);
    }

    private static XAConnection enlist(Assent assent, String name, String url, boolean held) throws Exception {
        assent.registerRecovery(name, EndlessTransfersMain.source(url));
        XAConnection xa = EndlessTransfersMain.source(url).getXAConnection();
        XAResource driver = held ? new Held(xa.getXAResource()) : xa.getXAResource();
        Objects.requireNonNull(assent.transactions().getTransaction()).enlistResource(assent.resource(name, driver));
        Connection connection = xa.getConnection();
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO pair VALUES (1)");
        }
        return xa;
    }

    /** Is told to commit, and does nothing any more. */
    private static final class Held extends LoneXaResource {
        private final XAResource driver;

        Held(XAResource driver) {
            this.driver = driver;
        }

        @Override
        public void start(Xid branch, int flags) throws XAException {
            driver.start(branch, flags);
        }

        @Override
        public void end(Xid branch, int flags) throws XAException {
            driver.end(branch, flags);
        }

        @Override
        public int prepare(Xid branch) throws XAException {
            return driver.prepare(branch);
        }

        @Override
        public void commit(Xid branch, boolean onePhase) {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void rollback(Xid branch) throws XAException {
            driver.rollback(branch);
        }

        @Override
        public void forget(Xid branch) {}

        @Override
        public Xid[] recover(int flag) {
            return new Xid[0];
        }
    }
}
