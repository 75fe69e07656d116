package dev.assent.rm.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/**
 * A resource manager that can join and suspend, and holds its caller to X/Open XA's state tables (chapter 6): each
 * connection is not associated, associated or suspended (T0, T1, T2), each branch active, idle or prepared (S1, S2,
 * S3), and what a table has no entry for is XAER_PROTO.
 */
public final class StrictResource {
    private enum Tie {
        ASSOCIATED,
        SUSPENDED
    }

    /** A branch: which connections are in it, and whether it is prepared. */
    private static final class Branch {
        private final Map<Connection, Tie> threads = new HashMap<>();
        private boolean prepared;
    }

    private final Map<Xid, Branch> branches = new HashMap<>();
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());

    public List<String> told() {
        return List.copyOf(told);
    }

    /** Branches that have not ended. */
    public synchronized int open() {
        return branches.size();
    }

    public XAResource connection(String label) {
        return new Connection(label);
    }

    private final class Connection implements XAResource {
        private final String label;
        private int timeoutSeconds;

        Connection(String label) {
            this.label = label;
        }

        private StrictResource manager() {
            return StrictResource.this;
        }

        private Branch known(Xid xid) throws XAException {
            Branch branch = branches.get(xid);
            if (branch == null) {
                throw new XAException(XAException.XAER_NOTA);
            }
            return branch;
        }

        private void require(boolean allowed) throws XAException {
            if (!allowed) {
                told.add(label + " BROKE THE PROTOCOL");
                throw new XAException(XAException.XAER_PROTO);
            }
        }

        @Override
        public void start(Xid xid, int flags) throws XAException {
            synchronized (manager()) {
                told.add(label + ".start" + name(flags));
                if (flags == TMNOFLAGS) {
                    require(!branches.containsKey(xid));
                    branches.put(xid, new Branch());
                }
                Branch branch = known(xid);
                require(!branch.prepared);
                require(branch.threads.get(this) == (flags == TMRESUME ? Tie.SUSPENDED : null));
                branch.threads.put(this, Tie.ASSOCIATED);
            }
        }

        @Override
        public void end(Xid xid, int flags) throws XAException {
            synchronized (manager()) {
                told.add(label + ".end" + name(flags));
                Tie thread = known(xid).threads.get(this);
                require(flags == TMSUSPEND ? thread == Tie.ASSOCIATED : thread != null);
                if (flags == TMSUSPEND) {
                    known(xid).threads.put(this, Tie.SUSPENDED);
                } else {
                    known(xid).threads.remove(this);
                }
            }
        }

        @Override
        public int prepare(Xid xid) throws XAException {
            synchronized (manager()) {
                told.add(label + ".prepare");
                require(known(xid).threads.isEmpty() && !known(xid).prepared);
                known(xid).prepared = true;
                return XA_OK;
            }
        }

        @Override
        public void commit(Xid xid, boolean onePhase) throws XAException {
            synchronized (manager()) {
                told.add(label + (onePhase ? ".commit one phase" : ".commit"));
                require(known(xid).threads.isEmpty() && known(xid).prepared != onePhase);
                branches.remove(xid);
            }
        }

        @Override
        public void rollback(Xid xid) throws XAException {
            synchronized (manager()) {
                told.add(label + ".rollback");
                require(known(xid).threads.isEmpty());
                branches.remove(xid);
            }
        }

        @Override
        public void forget(Xid xid) throws XAException {
            throw new XAException(XAException.XAER_NOTA);
        }

        @Override
        public Xid[] recover(int flag) {
            synchronized (manager()) {
                return branches.entrySet().stream()
                        .filter(branch -> branch.getValue().prepared)
                        .map(Map.Entry::getKey)
                        .toArray(Xid[]::new);
            }
        }

        @Override
        public boolean isSameRM(XAResource other) {
            return other instanceof Connection connection && connection.manager() == manager();
        }

        @Override
        public int getTransactionTimeout() {
            return timeoutSeconds;
        }

        @Override
        public boolean setTransactionTimeout(int seconds) {
            told.add(label + ".timeout " + seconds);
            timeoutSeconds = seconds;
            return true;
        }
    }

    private static String name(int flags) {
        return switch (flags) {
            case XAResource.TMNOFLAGS -> "";
            case XAResource.TMJOIN -> " TMJOIN";
            case XAResource.TMRESUME -> " TMRESUME";
            case XAResource.TMSUSPEND -> " TMSUSPEND";
            case XAResource.TMSUCCESS -> " TMSUCCESS";
            case XAResource.TMFAIL -> " TMFAIL";
            default -> " " + flags;
        };
    }
}
