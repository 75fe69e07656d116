package dev.assent.rm.atomikos;

import com.atomikos.datasource.xa.XATransactionalResource;
import com.atomikos.datasource.xa.XID;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** A resource that holds branches prepared, in memory, and remembers how they ended. */
final class PreparedBranches extends XATransactionalResource {
    private final Memory memory;

    PreparedBranches(String name) {
        this(name, new CountDownLatch(0));
    }

    /** One that does not say what it holds before {@code answers}. */
    PreparedBranches(String name, CountDownLatch answers) {
        super(name);
        memory = new Memory(answers);
    }

    @Override
    protected XAResource refreshXAConnection() {
        return memory;
    }

    /** Adds a branch as Atomikos names it. */
    void prepare(String coordinatorId, String tmUniqueName) {
        memory.prepared.add(new XID(coordinatorId, tmUniqueName + (memory.prepared.size() + 1), getName()));
    }

    /** From now on the branch is one that has ended by itself, and is told as that until it may be forgotten. */
    void answers(String coordinatorId, int heuristic) {
        memory.heuristic.put(coordinatorId, heuristic);
    }

    List<String> prepared() {
        return memory.prepared.stream().map(XID::getGlobalTransactionIdAsString).toList();
    }

    List<String> committed() {
        return List.copyOf(memory.committed);
    }

    List<String> rolledBack() {
        return List.copyOf(memory.rolledBack);
    }

    private static final class Memory implements XAResource {
        private final List<XID> prepared = new CopyOnWriteArrayList<>();
        private final List<String> committed = new CopyOnWriteArrayList<>();
        private final List<String> rolledBack = new CopyOnWriteArrayList<>();
        private final Map<String, Integer> heuristic = new ConcurrentHashMap<>();
        private final CountDownLatch answers;

        Memory(CountDownLatch answers) {
            this.answers = answers;
        }

        @Override
        public Xid[] recover(int flag) {
            try {
                answers.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return (flag & TMSTARTRSCAN) == 0 ? new Xid[0] : prepared.toArray(new Xid[0]);
        }

        @Override
        public void commit(Xid xid, boolean onePhase) throws XAException {
            end(xid, committed);
        }

        @Override
        public void rollback(Xid xid) throws XAException {
            end(xid, rolledBack);
        }

        private void end(Xid xid, List<String> ended) throws XAException {
            XID branch = new XID(xid);
            Integer alone = heuristic.get(branch.getGlobalTransactionIdAsString());
            if (alone != null && prepared.contains(branch)) {
                throw new XAException(alone);
            }
            if (!prepared.remove(branch)) {
                throw new XAException(XAException.XAER_NOTA);
            }
            ended.add(branch.getGlobalTransactionIdAsString());
        }

        @Override
        public boolean isSameRM(XAResource other) {
            return other == this;
        }

        @Override
        public void start(Xid xid, int flags) {
            throw new UnsupportedOperationException("only recovery comes here");
        }

        @Override
        public void end(Xid xid, int flags) {
            throw new UnsupportedOperationException("only recovery comes here");
        }

        @Override
        public int prepare(Xid xid) {
            throw new UnsupportedOperationException("only recovery comes here");
        }

        @Override
        public void forget(Xid xid) throws XAException {
            if (!prepared.remove(new XID(xid))) {
                throw new XAException(XAException.XAER_NOTA);
            }
        }

        @Override
        public int getTransactionTimeout() {
            return 0;
        }

        @Override
        public boolean setTransactionTimeout(int seconds) {
            return false;
        }
    }
}
