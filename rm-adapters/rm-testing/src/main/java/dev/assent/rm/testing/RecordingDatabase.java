package dev.assent.rm.testing;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** A database that does nothing, and keeps what it was told; one resource object of it may be made to fail. */
public final class RecordingDatabase {
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final Set<Xid> prepared = ConcurrentHashMap.newKeySet();

    public List<String> told() {
        return List.copyOf(told);
    }

    /** What registration needs: connections whose product is none that has quirks. */
    public XADataSource dataSource() {
        return answering(
                XADataSource.class, "getXAConnection", answering(XAConnection.class, "getXAResource", resource("r")));
    }

    private static <T> T answering(Class<T> type, String method, Object answer) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, called, arguments) -> {
                    if (called.getName().equals(method)) {
                        return answer;
                    }
                    Class<?> result = called.getReturnType();
                    if (result == String.class) {
                        return "Recording";
                    }
                    if (result == int.class) {
                        return 0;
                    }
                    return result.isInterface() ? answering(result, "", "") : null;
                }));
    }

    /** A resource object; what it is told is recorded under {@code label}. */
    public XAResource resource(String label) {
        return watched(label, call -> {});
    }

    /** One that shows each call to {@code watcher}, while it answers it. */
    public XAResource watched(String label, Consumer<String> watcher) {
        return new Recorder(label, watcher, call -> Optional.empty());
    }

    /** One that answers {@code method} with an error. */
    public XAResource failing(String label, String method, int errorCode) {
        return new Recorder(
                label,
                call -> {},
                call -> call.startsWith(method) ? Optional.of(new XAException(errorCode)) : Optional.empty());
    }

    /** One that breaks in {@code method} in a way that XA has no word for. */
    public XAResource breaking(String label, String method) {
        return watched(label, call -> {
            if (call.startsWith(method)) {
                throw new IllegalArgumentException("a driver's own mistake");
            }
        });
    }

    private final class Recorder implements XAResource {
        private final String label;
        private final Consumer<String> watcher;
        private final Function<String, Optional<XAException>> failure;

        Recorder(String label, Consumer<String> watcher, Function<String, Optional<XAException>> failure) {
            this.label = label;
            this.watcher = watcher;
            this.failure = failure;
        }

        private void record(String call) throws XAException {
            told.add(label + "." + call);
            watcher.accept(call);
            Optional<XAException> answer = failure.apply(call);
            if (answer.isPresent()) {
                throw answer.get();
            }
        }

        @Override
        public void start(Xid xid, int flags) throws XAException {
            record(flags == TMJOIN ? "join" : "start");
        }

        @Override
        public void end(Xid xid, int flags) throws XAException {
            record(flags == TMFAIL ? "end(fail)" : "end");
        }

        @Override
        public int prepare(Xid xid) throws XAException {
            record("prepare");
            prepared.add(xid);
            return XA_OK;
        }

        @Override
        public void commit(Xid xid, boolean onePhase) throws XAException {
            record(onePhase ? "commit(one phase)" : "commit");
            prepared.remove(xid);
        }

        @Override
        public void rollback(Xid xid) throws XAException {
            record("rollback");
            prepared.remove(xid);
        }

        @Override
        public void forget(Xid xid) throws XAException {
            record("forget");
        }

        @Override
        public Xid[] recover(int flag) {
            return prepared.toArray(new Xid[0]);
        }

        @Override
        public boolean isSameRM(XAResource other) {
            return other == this;
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
